import { readFileSync } from 'node:fs';
import { type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import type { Probe } from './process-spec';

const TIMEOUT_MS = 3_000;

/** Resolves to whether the process serves now. Never rejects: whatever goes wrong means `false`. */
export async function probe(target: Probe): Promise<boolean> {
  try {
    switch (target.kind) {
      case 'http':
        return await answers((done) => httpGet(target.url, { timeout: TIMEOUT_MS, agent: false }, done));
      case 'https': {
        const options: RequestOptions = { timeout: TIMEOUT_MS, agent: false, ca: readFileSync(target.ca) };
        if (target.clientCertificate !== undefined && target.clientKey !== undefined) {
          options.cert = readFileSync(target.clientCertificate);
          options.key = readFileSync(target.clientKey);
        }
        return await answers((done) => httpsGet(target.url, options, done));
      }
      case 'tcp':
        return await accepts({ host: target.host, port: target.port });
      case 'unix':
        return await accepts({ path: target.path });
    }
  } catch {
    return false;
  }
}

function answers(request: (done: (response: IncomingMessage) => void) => ClientRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request((response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode < 400);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
  });
}

function accepts(address: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}
