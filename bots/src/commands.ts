// Commands: actions by their names, run as the person who typed them. They need no model.
import { mentionsSecret } from '@troupe-os/agents';
import { coreErrors, type TroupeError } from '@troupe-os/core';
import { inputOf, type Lists, UsageError, withIds } from '@troupe-os/core/command-line';
import {
  type Caller,
  isDownload,
  type Kernel,
  type PreviewedChange,
  type RegisteredAction,
  redact,
  similar,
} from '@troupe-os/core/surface';
import { actionText, commandOf, helpText, pluginText, schemaOf } from './help.ts';
import { type CommandLine, parseLine } from './line.ts';
import { listsIn } from './lists.ts';
import { addressOf, type FilePart, fileOf, linkTo } from './sent-files.ts';
import { markdownOf, type View, viewOf } from './view.ts';

export interface CommandContext {
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly requestId: string;
  readonly trace: string;
  /** What makes typing and sending it once the same as doing it once. */
  readonly key: string;
}

export interface CommandAnswer {
  readonly view: View;
  /** Markdown, shown once. */
  readonly text: string;
  /** The same without its secrets: what may be kept. */
  readonly kept: string;
  /** What it answered with, where that is bytes. */
  readonly file?: FilePart | undefined;
  /** The action that ran; undefined for help. */
  readonly ran?: { readonly action: string; readonly input: unknown; readonly callId: string; readonly taints: boolean };
}

export const isCommand = (text: string): boolean => /^\s*\/\S/.test(text);

/** Runs a command. Errors: chat.unclosed, and those that the action has on every surface. */
export async function runCommand(context: CommandContext, text: string): Promise<CommandAnswer> {
  const line = parseLine(text);
  const open = await context.kernel.actionsFor(context.caller);
  if (line.plugin === 'help') return told('Help', helpText(open));
  const ofPlugin = open.filter(({ plugin }) => plugin.id === line.plugin);
  if (line.verb === undefined && ofPlugin.length > 0) return told(line.plugin, pluginText(ofPlugin));
  const name = `${line.plugin}.${line.verb ?? ''}`;
  const registered = ofPlugin.find(({ action }) => action.name === name);
  if (registered && line.flags.has('--help')) return told(registered.action.title, actionText(registered));
  return runAction(context, line, { name, registered, open });
}

const WORD = /([\w-]+)=(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\S+)|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\S+/g;

/** The text of a command as it may be kept: what goes into secret inputs is taken out, and what may have been meant for one. */
export async function withoutSecrets(kernel: Kernel, caller: Caller, text: string): Promise<string> {
  const [head = '', plugin = ''] = /^\s*\/([^\s.]+)[\s.]*/.exec(text) ?? [];
  const isVerb = (word: string) => kernel.plugins.get(plugin)?.actions.some(({ name }) => name === `${plugin}.${word}`);
  const { isAny, isKnown, isSecret } = await secretInputs(kernel, caller, text);
  let isFirst = true;
  const words = text.slice(head.length).replaceAll(WORD, (word, name: string | undefined) => {
    if (word.startsWith('--')) return isAny && !KNOWN_FLAGS.has(word) ? '[redacted]' : word;
    const isKept = isFirst && isVerb(word);
    isFirst = false;
    if (isKept) return word;
    if (isAny && isUnclosed(word)) return '[redacted]';
    if (name !== undefined && (isKnown(name) || !isAny)) return isSecret(name) ? `${name}=[redacted]` : word;
    return isAny ? '[redacted]' : word;
  });
  return head + words;
}

/** A quotation mark that nobody closes takes all that follows, and what it was to end before is not known. */
const isUnclosed = (word: string): boolean => /^(?:[\w-]+=)?(?:"(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*)$/s.test(word);

/** Of a command that nobody knows, mistyped perhaps, any word may be a secret but for the inputs that its plugin's actions take. */
async function secretInputs(kernel: Kernel, caller: Caller, text: string) {
  const [plugin = '', verb = ''] = text
    .trim()
    .slice(1)
    .split(/[\s.]+/, 2);
  const open = (await kernel.actionsFor(caller)).filter((registered) => registered.plugin.id === plugin);
  const found = open.filter(({ action }) => action.name === `${plugin}.${verb}`);
  const known = (found.length > 0 ? found : open).map(({ action }) => schemaOf(action).properties ?? {});
  const named = (name: string) => known.filter((properties) => Object.hasOwn(properties, name));
  return {
    isAny: found.length === 0 || known.some(mentionsSecret),
    isKnown: (name: string) => named(name).length > 0,
    isSecret: (name: string) => named(name).some((properties) => mentionsSecret(properties[name])),
  };
}

async function runAction(
  { kernel, caller, requestId, trace, key }: CommandContext,
  line: CommandLine,
  { name, registered, open }: { name: string; registered: RegisteredAction | undefined; open: readonly RegisteredAction[] },
): Promise<CommandAnswer> {
  const dryRun = line.flags.has('--dry-run');
  const meant = registered
    ? []
    : similar(
        name,
        open.map(({ action }) => action.name),
      ).map(commandOf);
  const input = registered ? await readInput(registered, line, listsIn(open, { kernel, caller, requestId, trace })) : {};
  const answer = await kernel
    .execute({
      action: name,
      input,
      caller,
      surface: 'chat',
      forModel: true,
      requestId,
      trace,
      ...(dryRun ? { dryRun } : {}),
      ...(registered?.action.effect === 'write' && !dryRun ? { idempotencyKey: key } : {}),
    })
    .catch((error) => {
      if (meant.length === 0 || error?.code !== coreErrors.unknown_action.code) throw error;
      throw coreErrors.unknown_action({ nearest: meant.join(', ') }, error);
    });
  if (!registered) throw coreErrors.unknown_action(); // the kernel has refused it already

  const { action } = registered;
  const about = { title: action.title, action: name, callId: answer.callId };
  const show = (output: unknown) =>
    answer.changes
      ? viewOf({ ...about, output: answer.changes.flatMap(changeRows), dryRun: true })
      : viewOf({ ...about, output: withLink(registered, input, output) });
  const write = (view: View, output: unknown) =>
    line.flags.has('--json')
      ? `\`\`\`json\n${JSON.stringify(answer.changes ?? output ?? null, null, 2)}\n\`\`\``
      : markdownOf(view);
  const kept = redact(action.output, answer.output);
  const shown = registered.secretOutput ? answer.output : kept; // a secret is shown, once
  const file = answer.changes ? undefined : fileOf(kernel, name, input, answer.output);
  return {
    view: show(shown),
    text: write(show(shown), shown),
    kept: `${write(show(kept), kept)}${file ? linkTo(file) : ''}`,
    file,
    ran: {
      action: name,
      input: redact(action.input, input),
      callId: answer.callId,
      taints: answer.taints !== false,
    },
  };
}

/** Errors: core.invalid_input, as the schema's own refusal; core.unknown_name, core.ambiguous_name. */
async function readInput(
  { action, listedBy }: RegisteredAction,
  { pairs, flags }: CommandLine,
  lists: Lists,
): Promise<Record<string, unknown>> {
  // it may be a password, so it is not said again
  if ([...flags].some((flag) => !KNOWN_FLAGS.has(flag)))
    throw invalid('', `There is no such flag. There are: ${[...KNOWN_FLAGS].join(', ')}.`);
  try {
    return await withIds(inputOf(pairs, schemaOf(action)), schemaOf(action), listedBy, lists);
  } catch (error) {
    if (error instanceof UsageError) throw invalid('', error.message, error);
    throw error;
  }
}

/** Flags that a command takes. */
export const KNOWN_FLAGS: ReadonlySet<string> = new Set(['--dry-run', '--help', '--json']);

const invalid = (path: string, message: string, cause?: unknown): TroupeError =>
  coreErrors.invalid_input({ issues: [{ path, message, code: 'custom' }] }, cause);

/** What would become another, a row for each column. */
const changeRows = ({ table, operation, before = {}, after = {} }: PreviewedChange) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((column) => JSON.stringify(before[column]) !== JSON.stringify(after[column]))
    .map((column) => ({ table, operation, column, before: before[column] ?? null, after: after[column] ?? null }));

/** Bytes are fetched, not said: where the action has an address, it stands beside what is known of the file. */
function withLink({ action }: RegisteredAction, input: Record<string, unknown>, output: unknown): unknown {
  if (!isDownload(action.output) || !action.http || typeof output !== 'object') return output;
  return { ...output, url: addressOf(action.http, input) };
}

function told(title: string, text: string): CommandAnswer {
  return { view: { kind: 'text', title, text }, text, kept: text };
}
