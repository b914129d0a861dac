// For tests of plugins and drivers: a whole kernel on a real database, and the suites that every driver passes.
export { anvil, type ChainGate, startChainGate, startTestChain, type TestChain } from './chain.ts';
export { asOwner, asOwnerInCall, everyRow, openTestDatabase, testDatabaseKind } from './database.ts';
export { atEnd, endAll } from './endings.ts';
export { serveHttps, testAuthority } from './https.ts';
export { startTestKernel, type TestActor, type TestKernel, type TestKernelOptions } from './kernel.ts';
export { notesPlugin } from './notes/plugin.ts';
export { serveTestKernel, type TestServer } from './server.ts';
