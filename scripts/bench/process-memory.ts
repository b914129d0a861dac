// What a process and all that it started use of memory and processor, from Linux's /proc.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** In MiB; pages that two of the processes share count twice. Undefined where there is no /proc. */
export function treeMemory(pid: number): number | undefined {
  if (!existsSync('/proc/self/status')) return undefined;
  const kibibytes = treeOf(pid).map((one) => numberIn(one, /^VmRSS:\s+(\d+)/m));
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** Processor time of those that run, in seconds since each of them began; 0 where there is no /proc. */
export function treeCpuSeconds(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + ticksOf(one), 0) / TICKS_PER_SECOND;
}

/** The unit of /proc/PID/stat, the same on every Linux of today (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, `utime`). */
const TICKS_PER_SECOND = 100;

function treeOf(pid: number): number[] {
  if (!existsSync('/proc/self/status')) return [];
  const parents = new Map(numbersIn('/proc').map((one) => [one, numberIn(one, /^PPid:\s+(\d+)/m)]));
  const isBelow = (one: number): boolean => one === pid || (parents.has(one) && isBelow(parents.get(one) ?? 0));
  return [...parents.keys()].filter(isBelow);
}

/** 0 for a process that has ended meanwhile. */
function ticksOf(pid: number): number {
  const path = `/proc/${pid}/stat`;
  // the name, in parentheses, may hold blanks: what follows it begins with the third field
  const fields = existsSync(path) ? readFileSync(path, 'utf8').split(') ').at(-1)?.split(' ') : undefined;
  return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).map(Number).filter(Number.isInteger);
}

/** 0 for a process that has ended meanwhile. */
function numberIn(pid: number, pattern: RegExp): number {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? Number(readFileSync(path, 'utf8').match(pattern)?.[1] ?? 0) : 0;
}
