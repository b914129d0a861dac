// Every declaration of an installation, checked once at boot, so that nothing below has to.
import { getTableColumns, getTableName } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { InputSchema } from '../cli/words.ts';
import type { AnyAction } from '../define/action.ts';
import type { Directory } from '../define/directory.ts';
import type { AnySubscription, EventDefinition, Subscription } from '../define/event.ts';
import type { Governor } from '../define/governor.ts';
import type { Job } from '../define/job.ts';
import type { Permission, Plugin, Role, TableRule } from '../define/plugin.ts';
import { ROLES } from '../define/plugin.ts';
import type { Policy } from '../define/policy.ts';
import type { PortProvider } from '../define/port.ts';
import { coreErrors, type ErrorFactory, houseErrors } from '../errors.ts';
import type { ListedBy } from '../names.ts';
import { CALL_PROPERTIES, toolName } from '../tool.ts';
import { isDownload, wireSchema } from '../wire.ts';
import { holdsSecret, wireFault } from './schema-rules.ts';

export interface RegisteredAction {
  readonly action: AnyAction;
  readonly plugin: Plugin;
  readonly listedBy: ListedBy;
  readonly secretInput: boolean;
  readonly secretOutput: boolean;
}

export interface RegisteredTable {
  readonly plugin: Plugin;
  readonly rule: TableRule;
  /** SQL type of a column by its SQL name. */
  readonly types: Readonly<Record<string, string>>;
  /** SQL name of a column by its TypeScript key. */
  readonly columns: Readonly<Record<string, string>>;
  /** TypeScript keys of the columns that are never null. */
  readonly required: ReadonlySet<string>;
  readonly primaryKey: string;
}

export interface RegisteredSubscription {
  /** `plugin.name`. */
  readonly id: string;
  readonly plugin: Plugin;
  readonly event: EventDefinition;
  readonly subscription: Subscription | AnySubscription;
}

export interface Registry {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly actions: ReadonlyMap<string, RegisteredAction>;
  /** By `schema.table`. */
  readonly tables: ReadonlyMap<string, RegisteredTable>;
  /** By the event's name. */
  readonly subscriptions: ReadonlyMap<string, readonly RegisteredSubscription[]>;
  readonly jobs: ReadonlyMap<string, { readonly job: Job; readonly plugin: Plugin }>;
  /** By the id of the plugin that provides it. */
  readonly ports: ReadonlyMap<string, PortProvider>;
  /** What a role holds from the beginning. */
  readonly permissionsOf: Readonly<Record<Role, ReadonlySet<string>>>;
  /** Permissions that no role on a brand brings. */
  readonly companyOnly: ReadonlySet<string>;
  /** Permissions that those in charge hold with one proof, where two are required. */
  readonly oneProof: ReadonlySet<string>;
  /** Permissions that people hold themselves, and guests do not hold. */
  readonly inCharge: ReadonlySet<string>;
  readonly policies: readonly Policy[];
  /** The error that the violation of a named constraint means. */
  readonly constraintErrors: ReadonlyMap<string, ErrorFactory>;
  readonly directory: Directory | undefined;
  /** With the id of the plugin that declares it. */
  readonly governor: (Governor & { readonly plugin: string }) | undefined;
}

/** A plugin's id is its Postgres schema; these are taken. */
const TAKEN_SCHEMAS: ReadonlySet<string> = new Set(['core', 'queue', 'public']);

/** Checks all plugins together. Errors: core.bad_plugin, whose details name the plugin and the fault. */
export function createRegistry(plugins: readonly Plugin[]): Registry {
  const byId = new Map<string, Plugin>();
  const permissions = new Map<string, readonly Role[]>();
  for (const plugin of plugins) {
    const refuse = refuseFor(plugin);
    if (!/^[a-z][a-z0-9]{1,30}$/.test(plugin.id) || TAKEN_SCHEMAS.has(plugin.id))
      refuse(`"${plugin.id}" is no plugin id: lower-case letters and digits, and not ${[...TAKEN_SCHEMAS].join(' or ')}`);
    if (byId.has(plugin.id)) refuse('its id is taken by another plugin');
    byId.set(plugin.id, plugin);
    for (const [name, { roles }] of Object.entries(plugin.permissions)) {
      if (!/^[a-z0-9]+(\.[a-z0-9-]+){2}$/.test(name) || !name.startsWith(`${plugin.id}.`))
        refuse(`the permission "${name}" is not named plugin.noun.verb`);
      permissions.set(name, roles);
    }
  }

  const ports = collectPorts(plugins);
  const tables = collectTables(plugins, permissions);
  const directories = plugins.filter((plugin) => plugin.directory);
  if (directories[1]) refuseFor(directories[1])('another plugin is the directory of people already');
  const governors = plugins.filter((plugin) => plugin.governor);
  if (governors[1]) refuseFor(governors[1])('another plugin is the governor already');
  return Object.freeze({
    plugins: byId,
    actions: collectActions(plugins, tables),
    tables,
    subscriptions: collectSubscriptions(plugins),
    jobs: collectJobs(plugins, tables),
    ports,
    permissionsOf: expandRoles(permissions),
    companyOnly: permissionsThat(plugins, ({ company }) => company === true),
    oneProof: permissionsThat(plugins, ({ oneProof }) => oneProof === true),
    inCharge: permissionsThat(plugins, ({ people, roles }) => people === true && !roles.includes('guest')),
    policies: plugins.flatMap((plugin) => plugin.policies ?? []),
    constraintErrors: collectConstraintErrors(plugins),
    directory: directories[0]?.directory,
    governor: governors[0]?.governor && { ...governors[0].governor, plugin: governors[0].id },
  });
}

const permissionsThat = (plugins: readonly Plugin[], which: (permission: Permission) => boolean): ReadonlySet<string> =>
  new Set(
    plugins.flatMap(({ permissions }) =>
      Object.entries(permissions)
        .filter(([, permission]) => which(permission))
        .map(([name]) => name),
    ),
  );

const refuseFor =
  (plugin: Plugin) =>
  (fault: string): never => {
    throw houseErrors.bad_plugin({ plugin: plugin.id, fault });
  };

function collectActions(plugins: readonly Plugin[], tables: Registry['tables']): Map<string, RegisteredAction> {
  const actions = new Map<string, RegisteredAction>();
  const byTool = new Map<string, string>();
  const listedBy = collectLists(plugins);
  for (const plugin of plugins) {
    const refuse = refuseFor(plugin);
    for (const action of plugin.actions) {
      const { name } = action;
      if (!/^[a-z0-9]+\.[a-z]+(-[a-z0-9]+)*$/.test(name) || !name.startsWith(`${plugin.id}.`))
        refuse(`the action "${name}" is not named ${plugin.id}.verb-noun`);
      if (actions.has(name)) refuse(`the action "${name}" is defined twice`);
      if (!(action.permission in plugin.permissions))
        refuse(`the action "${name}" names the permission "${action.permission}", which the plugin does not declare`);
      if (action.effect === 'write' ? typeof action.consequential !== 'boolean' : action.consequential !== undefined) {
        refuse(`the action "${name}" must say "consequential" if it writes, and only then`);
      }
      const fault = wireFault(action.input) ?? wireFault(action.output, 'output');
      if (fault) refuse(`in the action "${name}" ${fault}`);
      if (!(action.input instanceof z.ZodObject)) refuse(`the input of the action "${name}" is not a strict object`);
      const inputs = (action.input as z.ZodObject).shape;
      const reserved = Object.keys(CALL_PROPERTIES).find((one) => one in inputs);
      if (reserved) refuse(`the input of the action "${name}" uses the reserved name "${reserved}"`);
      if (action.untrustedInput && action.effect === 'read')
        refuse(`the action "${name}" stores nothing that could come from outside`);
      const strange = unknownTable(action, tables);
      if (strange) refuse(`the action "${name}" has words from outside in "${strange}", which no plugin declares`);
      const unsaid = action.personal?.find((field) => !(field in inputs));
      if (unsaid) refuse(`the action "${name}" says that the input "${unsaid}" is personal, which it does not have`);
      if (action.resource && !(action.resource.key in inputs))
        refuse(`the action "${name}" locks by the input "${action.resource.key}", which it does not have`);
      if (action.resource && !tables.has(action.resource.table))
        refuse(`the action "${name}" locks "${action.resource.table}", which no plugin declares`);
      const through = action.resource?.through;
      if (through && !(through.column in (tables.get(through.table)?.columns ?? {})))
        refuse(`the action "${name}" locks by way of "${through.table}.${through.column}", which no plugin declares`);
      if (action.undo && !plugins.some((one) => one.actions.some((other) => other.name === action.undo?.action))) {
        refuse(`the action "${name}" is undone by "${action.undo.action}", which nobody declares`);
      }
      for (const fault of [outcomeFault(action, plugins), shownFault(action, plugins), entriesFault(action)])
        if (fault) refuse(`the action "${name}" ${fault}`);
      const namesake = byTool.get(toolName(name));
      if (namesake) refuse(`as a tool the action "${name}" has the same name as "${namesake}"`);
      byTool.set(toolName(name), name);
      actions.set(name, {
        action,
        plugin,
        listedBy: listedBy(action),
        secretInput: holdsSecret(action.input),
        secretOutput: holdsSecret(action.output),
      });
    }
  }
  return actions;
}

function outcomeFault({ effect, output, outcome }: AnyAction, plugins: readonly Plugin[]): string | undefined {
  if (!outcome) return undefined;
  if (effect === 'read') return 'begins nothing that could have an outcome';
  const found = plugins.flatMap(({ actions }) => actions).find((action) => action.name === outcome.action);
  if (found?.effect !== 'read') return `has its outcome from "${outcome.action}", which is no read here`;
  return found.output === output ? undefined : `and its outcome "${outcome.action}" answer in two forms`;
}

function entriesFault({ effect, risk, input, output, entries }: AnyAction): string | undefined {
  if (!entries) return undefined;
  if (effect !== 'read' || risk !== 'low')
    return 'has entries, and is no read of low risk: names are looked up while somebody types';
  const { id, names, about = [], search } = entries;
  const items = (wireSchema(output) as InputSchema).properties?.items?.items?.properties ?? {};
  const unknown = [id, ...names, ...about].find((column) => !(column in items));
  if (unknown) return `has entries with "${unknown}", which its items do not have`;
  const inputs = (wireSchema(input) as InputSchema).properties ?? {};
  if (!('limit' in inputs)) return 'has entries and no pages (pageInput)';
  return search && !(search in inputs) ? `is searched by the input "${search}", which it does not have` : undefined;
}

/** By action and input: the actions that list what it holds the id of. */
function collectLists(plugins: readonly Plugin[]): (action: AnyAction) => ListedBy {
  const lists = plugins.flatMap(({ actions }) => actions.flatMap(({ name, entries }) => (entries ? [{ name, entries }] : [])));
  return ({ name: action, input }) => {
    const listing = (field: string) =>
      lists.filter(({ entries }) => entries.inputs.some((one) => one === field || one === `${action}.${field}`));
    const fields = Object.keys((input as z.ZodObject).shape).map(
      (field) => [field, listing(field).map(({ name }) => name)] as const,
    );
    return Object.fromEntries(fields.filter(([, names]) => names.length > 0));
  };
}

const DOWNLOAD_FIELDS = ['fileName', 'contentType', 'size'];

function shownFault({ output, shows }: AnyAction, plugins: readonly Plugin[]): string | undefined {
  if (!shows) return undefined;
  const found = plugins.flatMap(({ actions }) => actions).find((action) => action.name === shows.action);
  if (found?.effect !== 'read' || !isDownload(found.output)) return `shows what "${shows.action}" answers, which is no file here`;
  const said = output instanceof z.ZodObject ? Object.keys(output.shape) : [];
  return DOWNLOAD_FIELDS.every((field) => said.includes(field))
    ? undefined
    : `shows a file without saying ${DOWNLOAD_FIELDS.join(', ')}`;
}

function collectTables(
  plugins: readonly Plugin[],
  permissions: ReadonlyMap<string, readonly Role[]>,
): Map<string, RegisteredTable> {
  const tables = new Map<string, RegisteredTable>();
  for (const plugin of plugins) {
    const refuse = refuseFor(plugin);
    for (const rule of Object.values(plugin.tables)) {
      const name = qualifiedName(rule.table);
      if (!name.startsWith(`${plugin.id}.`)) refuse(`the table "${name}" is not in the schema "${plugin.id}"`);
      if (!permissions.has(rule.read)) refuse(`the table "${name}" is read with "${rule.read}", which no plugin declares`);
      const columns = Object.fromEntries(Object.entries(getTableColumns(rule.table)).map(([key, column]) => [key, column.name]));
      const unknown = [
        ...rule.hidden,
        ...(rule.private ?? []),
        ...rule.unrecorded,
        ...(rule.objects ?? []),
        ...(rule.codes ?? []),
        ...Object.values(rule.sums ?? {}),
        ...(rule.counterparty ? [rule.counterparty] : []),
        ...(rule.own ? [rule.own] : []),
        ...personalColumns(rule),
      ].find((key) => !(key in columns));
      if (unknown) refuse(`the table "${name}" has no column "${unknown}"`);
      const types = Object.fromEntries(
        Object.values(getTableColumns(rule.table)).map((column) => [column.name, column.getSQLType()]),
      );
      const required = new Set(
        Object.entries(getTableColumns(rule.table)).flatMap(([key, column]) => (column.notNull ? [key] : [])),
      );
      const fault = personalFault(rule, types, columns, required);
      if (fault) refuse(`of the table "${name}" ${fault}`);
      tables.set(name, { plugin, rule, columns, types, required, primaryKey: primaryKeyOf(rule.table) });
    }
  }
  return tables;
}

function personalColumns({ personal }: TableRule): string[] {
  if (!personal) return [];
  const { of, email, datedBy, columns, mentions = [] } = personal;
  return [...[of ?? []].flat(), email, datedBy, ...mentions, ...(columns === 'row' ? [] : columns)].filter(
    (key) => key !== undefined,
  );
}

/** Whether what a table declares as personal could be found and erased. */
function personalFault(
  { own, personal }: TableRule,
  types: RegisteredTable['types'],
  columns: RegisteredTable['columns'],
  required: RegisteredTable['required'],
): string | undefined {
  if (!personal) return undefined;
  if (personal.of === undefined && personal.email === undefined && own === undefined) return 'nothing says whose the rows are';
  if (personal.columns === 'row') return undefined;
  if (personal.email !== undefined && !personal.columns.includes(personal.email))
    return 'the address is not among what is personal';
  const fixed = personal.columns.find((key) => required.has(key) && types[columns[key] ?? ''] !== 'text');
  return fixed && `the personal column "${fixed}" can be neither null nor a text`;
}

/** `schema.table`, as SQL names it. */
export function qualifiedName(table: PgTable): string {
  return `${getTableConfig(table).schema ?? 'public'}.${getTableName(table)}`;
}

function primaryKeyOf(table: PgTable): string {
  const { columns, primaryKeys } = getTableConfig(table);
  return columns.find((column) => column.primary)?.name ?? primaryKeys[0]?.columns[0]?.name ?? 'id';
}

function collectPorts(plugins: readonly Plugin[]): Map<string, PortProvider> {
  const ports = new Map<string, PortProvider>();
  for (const plugin of plugins) {
    for (const provider of plugin.provides ?? []) {
      if (provider.port.plugin !== plugin.id) refuseFor(plugin)(`it provides the port of "${provider.port.plugin}"`);
      ports.set(plugin.id, provider);
    }
  }
  for (const plugin of plugins) {
    for (const [id, methods] of Object.entries(plugin.requires ?? {})) {
      const offered = ports.get(id)?.port.methods;
      if (!offered) refuseFor(plugin)(`it requires the port of "${id}", which no plugin provides`);
      const missing = methods.find((method) => !offered?.includes(method));
      if (missing) refuseFor(plugin)(`it requires "${id}.${missing}", which that port does not have`);
    }
  }
  return ports;
}

function collectSubscriptions(plugins: readonly Plugin[]): Map<string, RegisteredSubscription[]> {
  const declared = new Map<string, EventDefinition>();
  for (const plugin of plugins) {
    for (const event of plugin.events ?? []) {
      if (!event.name.startsWith(`${plugin.id}.`))
        refuseFor(plugin)(`the event "${event.name}" does not start with "${plugin.id}."`);
      const fault = wireFault(event.schema, 'payload');
      if (fault) refuseFor(plugin)(`in the event "${event.name}" ${fault}`);
      declared.set(event.name, event);
    }
  }
  const subscriptions = new Map<string, RegisteredSubscription[]>();
  for (const plugin of plugins) {
    for (const subscription of plugin.subscriptions ?? []) {
      const id = `${plugin.id}.${subscription.name}`;
      const heard = 'event' in subscription ? [subscription.event] : [...declared.values()];
      for (const event of heard) {
        const { name } = event;
        if (!declared.has(name)) refuseFor(plugin)(`the subscription "${id}" listens to "${name}", which no plugin declares`);
        subscriptions.set(name, [...(subscriptions.get(name) ?? []), { id, plugin, event, subscription }]);
      }
    }
  }
  return subscriptions;
}

const unknownTable = ({ untrustedInput }: Pick<AnyAction, 'untrustedInput'>, tables: Registry['tables']): string | undefined =>
  untrustedInput === true ? undefined : untrustedInput?.find((name) => !tables.has(name));

function collectJobs(plugins: readonly Plugin[], tables: Registry['tables']): Map<string, { job: Job; plugin: Plugin }> {
  const jobs = new Map<string, { job: Job; plugin: Plugin }>();
  for (const plugin of plugins) {
    for (const job of plugin.jobs ?? []) {
      const refuse = refuseFor(plugin);
      if (!job.name.startsWith(`${plugin.id}.`) || jobs.has(job.name))
        refuse(`the job "${job.name}" is defined twice or is not named ${plugin.id}.verb-noun`);
      const fault = wireFault(job.input);
      if (fault) refuse(`in the job "${job.name}" ${fault}`);
      const strange = unknownTable(job, tables);
      if (strange) refuse(`the job "${job.name}" has words from outside in "${strange}", which no plugin declares`);
      if (job.steps.length === 0 || new Set(job.steps.map((step) => step.name)).size !== job.steps.length) {
        refuse(`the job "${job.name}" needs steps with names of their own`);
      }
      jobs.set(job.name, { job, plugin });
    }
  }
  return jobs;
}

function collectConstraintErrors(plugins: readonly Plugin[]): Map<string, ErrorFactory> {
  const errors = new Map<string, ErrorFactory>();
  const tables = [coreErrors, ...plugins.flatMap((plugin) => plugin.errors ?? [])];
  for (const table of tables) {
    for (const factory of Object.values(table)) for (const constraint of factory.constraints) errors.set(constraint, factory);
  }
  return errors;
}

/** Each role holds what is declared for it and for the roles below it. */
function expandRoles(permissions: ReadonlyMap<string, readonly Role[]>): Record<Role, ReadonlySet<string>> {
  const held = (role: Role) =>
    [...permissions]
      .filter(([, roles]) => roles.some((one) => ROLES.indexOf(one) >= ROLES.indexOf(role)))
      .map(([permission]) => permission);
  const [owner, admin, editor, viewer, guest] = ROLES.map((role) => new Set(held(role))) as [
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  return { owner, admin, editor, viewer, guest };
}
