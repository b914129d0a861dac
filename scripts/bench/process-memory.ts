// Resident memory of a process and all that it started, from Linux's /proc.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** In MiB; pages that two of the processes share count twice. Undefined where there is no /proc. */
export function treeMemory(pid: number): number | undefined {
  if (!existsSync('/proc/self/status')) return undefined;
  const parents = new Map(numbersIn('/proc').map((one) => [one, numberIn(one, /^PPid:\s+(\d+)/m)]));
  const isBelow = (one: number): boolean => one === pid || (parents.has(one) && isBelow(parents.get(one) ?? 0));
  const kibibytes = [...parents.keys()].filter(isBelow).map((one) => numberIn(one, /^VmRSS:\s+(\d+)/m));
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).map(Number).filter(Number.isInteger);
}

/** 0 for a process that has ended meanwhile. */
function numberIn(pid: number, pattern: RegExp): number {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? Number(readFileSync(path, 'utf8').match(pattern)?.[1] ?? 0) : 0;
}
