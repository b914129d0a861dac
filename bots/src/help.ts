// What the commands are, told from the actions that somebody may use.
import { exampleOf, type InputSchema, kindOf } from '@troupe-os/core/command-line';
import { type RegisteredAction, wireSchema } from '@troupe-os/core/surface';

/** `/help`: the plugins, each with its commands' names. */
export function helpText(actions: readonly RegisteredAction[]): string {
  const plugins = [...new Set(actions.map(({ plugin }) => plugin.id))];
  const lines = plugins.map((id) => {
    const verbs = actions.filter(({ plugin }) => plugin.id === id).map(({ action }) => verbOf(action.name));
    return `- **/${id}** ${verbs.join(', ')}`;
  });
  return [
    'A command is `/plugin verb-noun key=value …`, e.g. `/workforce list-agents limit=5`.',
    'Where an id is asked for, a name does as well: `/workforce get-agent agentId=Concierge`, in quotation marks where it has blanks.',
    'With `--help` it explains itself, with `--dry-run` it changes nothing, with `--json` it answers as data.',
    '',
    ...lines,
  ].join('\n');
}

/** `/plugin`: its commands with what they do. */
export function pluginText(actions: readonly RegisteredAction[]): string {
  return actions.map(({ action }) => `- \`${usageOf(action)}\` ${action.title}`).join('\n');
}

/** `/plugin verb-noun --help`. */
export function actionText({ action }: RegisteredAction): string {
  const { properties = {}, required = [] } = schemaOf(action);
  const fields = Object.entries(properties).map(([name, field]) => {
    const told = [kindOf(field), required.includes(name) ? 'needed' : '', field.description ?? ''].filter(Boolean);
    const example = exampleOf(name, field);
    return `- \`${name}=\` ${told.join('. ')}${example ? `, as \`${example}\`` : ''}`;
  });
  return [`**${action.title}** (${action.effect})`, action.description, `\`${usageOf(action)}\``, ...fields].join('\n\n');
}

/** The command with what it needs, e.g. `/assets get assetId=…`. */
export function usageOf(action: RegisteredAction['action']): string {
  const { required = [] } = schemaOf(action);
  return [commandOf(action.name), ...required.map((name) => `${name}=…`)].join(' ');
}

/** `ledger.post-entry` is `/ledger post-entry`. */
export const commandOf = (action: string): string => `/${action.replace('.', ' ')}`;

export const verbOf = (action: string): string => action.slice(action.indexOf('.') + 1);

/** The input as a command line needs it. */
export const schemaOf = (action: RegisteredAction['action']): InputSchema => wireSchema(action.input) as InputSchema; // the registry takes only objects
