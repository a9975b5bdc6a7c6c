import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stderr: stdout stays free, for runtimed's Runs among others. Throws where `level` is not pino's. */
export function makeLog(agent: string, level = 'info'): Logger {
  const settings = { base: { agent }, level, timestamp: pino.stdTimeFunctions.isoTime };
  return pino({ ...settings, formatters: { level: label => ({ level: label }) } }, pino.destination(2));
}
