import { stepOutput } from '../../core/step-output';

const says = (message: string) =>
  `{"argo":true,"error":null,"level":"info","msg":"${message}","time":"2026-11-23T03:31:05.820Z"}\n`;

describe('stepOutput', () => {
  test('leaves out what Argo’s executor says before, between and after', () => {
    const log = `${says('capturing logs')}testing\n{"level":"info","msg":"mine"}\n${says('sub-process exited')}{"level":"info","msg":"Taring /tmp/report","time":"2026"}\n`;

    expect(stepOutput(log)).toBe('testing\n{"level":"info","msg":"mine"}\n');
  });

  test('keeps a last line that has no end of line', () => {
    expect(stepOutput(`one\ntwo${says('sub-process exited')}`)).toBe('one\ntwo');
  });

  test('keeps a last line that the executor writes after its own, and ends with its own words', () => {
    const tail = '{"level":"info","msg":"archived 2 files"}\nlast wordsError: exit status 3\n';

    expect(stepOutput(`one\n${says('sub-process exited')}${says('saving')}${tail}`)).toBe('one\nlast words');
  });

  test('knows the executor’s text format', () => {
    const line = 'time="2026-11-23T03:31:05.820Z" level=info msg="sub-process exited" argo=true error="<nil>"\n';

    expect(stepOutput(`one\n${line}Error: exit status 1\n`)).toBe('one\n');
  });

  test.each(['', 'one\ntwo\n', '{"level":"info"}\n'])('changes nothing of what is the step’s own: %j', (log) => {
    expect(stepOutput(log)).toBe(log);
  });
});
