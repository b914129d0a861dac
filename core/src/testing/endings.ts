// What tests and tortures start ends with them: with the test file under vitest, else when `endAll` is told to.
const endings: (() => Promise<unknown> | unknown)[] = [];

/** Ends what has just been started, when all of it ends; what was started last is ended first. */
export function atEnd(end: () => Promise<unknown> | unknown): void {
  endings.push(end);
}

/** Ends all of it. Throws the first failure, after the rest was ended too. */
export async function endAll(): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

// outside of vitest its functions cannot be called
if (process.env.VITEST) {
  const { afterAll } = await import('vitest');
  afterAll(endAll, 60_000);
}
