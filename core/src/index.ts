// All that a plugin author needs.
export {
  type Actor,
  type Context,
  type Db,
  holds,
  holdsRole,
  type JobTools,
  type Log,
  type Place,
  personOf,
  type Reach,
  type Rights,
  type Tools,
  type UploadedFile,
} from './context.ts';
export { rowsOf } from './db/rows-of.ts';
export { type Action, type AnyAction, defineAction } from './define/action.ts';
export type { Command, Door } from './define/command.ts';
export { CHANNELS, type Channel, type Credential, type Directory, type Grant, type Principal } from './define/directory.ts';
export {
  type AnySubscription,
  defineEvent,
  type EventDefinition,
  type EventPayload,
  on,
  onAny,
  type Subscription,
  type ToldEvent,
} from './define/event.ts';
export type { Governor, MeasuredEffect, Need, ParkedCall, Party, Rules, Weigh, WeighedCall } from './define/governor.ts';
export { defineJob, type Job } from './define/job.ts';
export type { DataSubject, ErasedRows, PersonalData } from './define/personal.ts';
export { definePlugin, type Plugin, ROLES, type Role } from './define/plugin.ts';
export { agentsNever, definePolicy, type Policy } from './define/policy.ts';
export { definePort, type Port, provide } from './define/port.ts';
export { definePrompt, type PromptDefinition } from './define/prompt.ts';
export { defineResource, type ResourceDefinition } from './define/resource.ts';
export { defineSeed, type Seed } from './define/seed.ts';
export type { Unsafe } from './define/unsafe.ts';
export { createEgressFetch } from './egress/egress-fetch.ts';
export { coreErrors, defineErrors, TroupeError } from './errors.ts';
export { isSameText } from './http/authenticate.ts';
export type { PreviewedChange } from './kernel/call.ts';
export type { Catalogue, CataloguedAction } from './kernel/catalogue.ts';
export type { Entries } from './names.ts';
export { isThisMachine, networkPrefix } from './network-prefix.ts';
export type { Objects } from './objects/driver.ts';
export { cursorsOf, keyset, pageInput } from './paging.ts';
export { amount, download, file, moment, secret } from './wire.ts';
