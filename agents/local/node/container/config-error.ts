/** A container or volume asks for something that is not there (yet): it waits, and is tried again. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
