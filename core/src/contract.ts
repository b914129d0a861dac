// The light entry: all that a plugin's contract may import.

export { defineEvent, type EventDefinition, type EventPayload } from './define/event.ts';
export { definePort, type Port } from './define/port.ts';
export { defineErrors, type ErrorFactory, type ErrorKind, TroupeError } from './errors.ts';
export { amount, file, moment, secret } from './wire.ts';
