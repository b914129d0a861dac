#!/usr/bin/env node
// The command line: its own verbs, and those that plugins and surfaces bring. Exit codes: 0 done, 2 wrong words, 1 everything else.
import '../quick-imports.ts';
import type { Command, Installed } from '../define/command.ts';
import type { Plugin } from '../define/plugin.ts';
import { houseErrors } from '../errors.ts';
import { joinServer, openDoor } from './door.ts';
import { type FoundInstallation, findInstallation } from './installation.ts';
import { errorLine, UsageError } from './words.ts';

const OWN_VERBS: Readonly<Record<string, string>> = {
  start: 'start [--empty]                     start the server; --empty leaves the rehearsal catalogue out',
  run: 'run ACTION key=value … [--json]     run an action; `run` alone lists them, `run ACTION --help` explains one',
  doctor: 'doctor                              say what is configured, what is missing and what to type',
  audit: 'audit verify|show|prove|…           check the sealed record, prove a call; `audit` alone explains',
  database: 'database restored                   begin a new epoch after a restore',
  migrate: 'migrate                             bring the database to the newest form',
  mail: 'mail [ID] [--json]                  the letters that no mail server took, or one of them',
  'new-plugin': 'new-plugin NAME                     write a plugin that works, to begin from',
};

const NEEDED_NODE = 24;

// a report that Node writes about a process, where it was told to, holds none of its settings: each thread says so for itself
if (process.report) process.report.excludeEnv = true;

const [verb = 'help', ...words] = process.argv.slice(2);
try {
  process.exitCode = await main(verb, words);
} catch (error) {
  process.stderr.write(`${errorLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main(name: string, rest: readonly string[]): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE)
    throw houseErrors.old_node({ needed: NEEDED_NODE, this: process.version });
  const found = findInstallation();
  const isAsked = rest.some((word) => word === '--help' || word === '-h');
  if (isAsked && name !== 'run' && OWN_VERBS[name]) return say(`troupe ${OWN_VERBS[name]}\n`);
  if (name === 'start') return (await import('./start.ts')).start(rest, found);
  if (name === 'doctor') return (await import('./doctor.ts')).doctor(rest, found);
  if (name === 'audit') return (await import('./audit.ts')).audit(rest, found);
  if (name === 'database') return (await import('./database.ts')).database(rest, found);
  if (name === 'migrate') return (await import('./migrate.ts')).migrateNow(rest, found);
  if (name === 'mail') return (await import('./mail.ts')).mail(rest, found);
  if (name === 'new-plugin') return (await import('./new-plugin.ts')).newPlugin(rest, found);
  if (name === 'run') return runThroughDoor((await import('./run.ts')).runCommand, rest, found, []);
  const { plugins, surfaces } = await found.load();
  const commands = [
    ...plugins.flatMap((plugin) => plugin.commands ?? []),
    ...surfaces.flatMap((surface) => surface.commands ?? []),
  ];
  const command = commands.find((one) => one.name === name);
  if (command && isAsked) return say(command.help ?? `troupe ${usageLine(command)}\n`);
  if (command) return runThroughDoor(command, rest, found, installedOf(plugins, found));
  const help = helpText(commands);
  if (['help', '--help', '-h'].includes(name)) return say(help);
  throw new UsageError(`There is no command "${name}".\n${help}`);
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Two blanks at least stand between them. */
function usageLine({ usage, summary }: Command): string {
  return `${usage.padEnd(34)}  ${summary}`;
}

function installedOf(plugins: readonly Plugin[], { settings }: FoundInstallation): Installed {
  const saidTo = ({ settings: declared = {} }: Plugin) =>
    Object.fromEntries(Object.keys(declared).map((name) => [name, settings.variable(name)]));
  return plugins.map((plugin) => ({ plugin, settings: saidTo(plugin) }));
}

async function runThroughDoor(
  command: Command,
  rest: readonly string[],
  found: FoundInstallation,
  installed: Installed,
): Promise<number> {
  if (command.needsServer) return command.run(rest, await joinServer(found), installed);
  const { door, close } = await openDoor(found);
  try {
    return await command.run(rest, door, installed);
  } finally {
    await close();
  }
}

function helpText(commands: readonly Command[]): string {
  const others = commands.map(usageLine);
  return `troupe COMMAND\n\n${[...Object.values(OWN_VERBS), ...others].map((line) => `  ${line}`).join('\n')}\n`;
}
