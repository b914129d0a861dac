// Slash commands: what is typed behind `/run` is completed from what this very account may do.
const TEXT = 3; // https://docs.discord.com/developers/interactions/application-commands

export const COMMANDS = [
  {
    name: 'ask',
    description: 'Say something to the agent',
    options: [{ type: TEXT, name: 'text', description: 'What you need', required: true }],
  },
  {
    name: 'run',
    description: 'Run a command',
    options: [{ type: TEXT, name: 'command', description: 'plugin verb-noun key=value …', required: true, autocomplete: true }],
  },
  {
    name: 'link',
    description: 'Link this account to you',
    options: [{ type: TEXT, name: 'code', description: 'The code of your account page', required: true }],
  },
  { name: 'help', description: 'What can be done here' },
  { name: 'new', description: 'Begin a new conversation here' },
  { name: 'stop', description: 'Stop the answer that is being written' },
  { name: 'unlink', description: 'This account speaks for you no more' },
] as const;

/** A slash command as the text that all channels have. */
export function textOf(name: string, option: (name: string) => string): string {
  if (name === 'ask') return option('text');
  if (name === 'run') return `/${option('command').replace(/^\//, '')}`;
  return name === 'link' ? `/link ${option('code')}` : `/${name}`;
}
