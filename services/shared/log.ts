import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON logs on standard output, one line an entry; what could hold a credential is cut before it is written. */
export function createLogger(component: string): Logger {
  return pino({
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: { component },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        'password',
        'token',
        'secret',
        'authorization',
        '*.password',
        '*.token',
        '*.secretKey',
        'headers.authorization',
      ],
      censor: '[secret]',
    },
  });
}
