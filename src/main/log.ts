import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

const SECRETS = ['authorization', 'cookie', 'set-cookie', 'x-api-key', 'password', 'token', 'secret', 'capability'];

/** The log of a process: lines of JSON, on standard output unless told otherwise. Secrets are not given to it; those that slip in are blotted out. */
export function openLog(level: string, destination: NodeJS.WritableStream = process.stdout): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]), censor: '[redacted]' },
  };
  return pino(options, destination as DestinationStream);
}
