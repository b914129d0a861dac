// Who may import whom. The comment of a rule says the right way; `npm run check` prints it beside the import that broke it.
const surfaces = '(?:agents|bots|mcp-servers|web)';
const tests = ['\\.test\\.ts$', '/testing/'];
const contract = '^plugins/[^/]+/src/contract\\.ts$';
const coreEntries = '^core/src/(?:index|contract|client|search|surface|installation|command-line|testing/index)\\.ts$';
const serverCode = ['\\.server\\.(?:ts|js)$', '/\\+server\\.(?:ts|js)$', '^web/src/lib/server/', '\\.test\\.ts$'];

module.exports = {
  forbidden: [
    {
      name: 'core-knows-nobody',
      comment:
        'Core is below everybody: let the other side declare it (an action, a port, an event, a surface) and read the declaration.',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: `^(?:plugins|examples|scripts|test|${surfaces})/|^troupe\\.config\\.ts$` },
    },
    {
      name: 'core-is-reached-by-its-entries',
      comment:
        "Import from '@troupe-os/core' or one of its entries (contract, client, surface, testing); what is missing there is asked for there.",
      severity: 'error',
      from: { path: `^(?:plugins|examples|${surfaces})/` },
      to: { path: '^core/', pathNot: coreEntries },
    },
    {
      name: 'plugins-meet-at-contracts',
      comment: "Plugins meet at contracts: import from '@troupe-os/plugin-<id>/contract', or ask there for a port or an event.",
      severity: 'error',
      from: { path: '^plugins/([^/]+)/', pathNot: tests },
      to: { path: '^plugins/', pathNot: ['^plugins/$1/', contract] },
    },
    {
      name: 'others-meet-plugins-at-contracts',
      comment: "Records are reached by actions: call one, and import no more of a plugin than '@troupe-os/plugin-<id>/contract'.",
      severity: 'error',
      from: { path: `^(?:examples|${surfaces})/`, pathNot: tests },
      to: { path: '^plugins/', pathNot: contract },
    },
    {
      name: 'contracts-are-light',
      comment:
        "A contract is loaded by everybody who meets the plugin: it imports '@troupe-os/core/contract' and zod, nothing else.",
      severity: 'error',
      from: { path: contract },
      to: { pathNot: ['^core/src/contract\\.ts$', '(?:^|/)node_modules/zod/'] },
    },
    {
      name: 'plugins-know-no-surface',
      comment:
        'A plugin works the same on every surface: declare an action, a widget, a resource or a prompt, and each surface shows it.',
      severity: 'error',
      from: { path: '^plugins/' },
      to: { path: `^${surfaces}/` },
    },
    {
      name: 'surfaces-stand-alone',
      comment: 'A surface knows core and no other surface: troupe.config.ts joins them.',
      severity: 'error',
      from: { path: '^(agents|mcp-servers|web)/', pathNot: tests },
      to: { path: `^${surfaces}/`, pathNot: '^$1/' },
    },
    {
      name: 'bots-know-agents-alone',
      comment: 'Of the other surfaces bots imports agents only: troupe.config.ts joins the rest.',
      severity: 'error',
      from: { path: '^bots/', pathNot: tests },
      to: { path: `^${surfaces}/`, pathNot: '^(?:bots|agents)/' },
    },
    {
      name: 'surfaces-open-no-database',
      comment: 'A surface passes calls to the kernel: make what it needs an action, and rights, audit and limits come with it.',
      severity: 'error',
      from: { path: `^${surfaces}/`, pathNot: tests },
      to: { path: '(?:^|/)node_modules/(?:drizzle-orm|postgres|pg|pg-boss|@electric-sql)/' },
    },
    {
      name: 'the-queue-is-cores',
      comment: 'Jobs are declared (defineJob) and enqueued by ctx.enqueue: only core speaks to the queue engine.',
      severity: 'error',
      from: { pathNot: ['^core/'] },
      to: { path: '(?:^|/)node_modules/pg-boss/' },
    },
    {
      name: 'the-browser-takes-only-types-from-core',
      comment: 'What runs in a browser may `import type` from core: load the data in a +page.server.ts through event.locals.api.',
      severity: 'error',
      from: { path: '^web/src/', pathNot: serverCode },
      to: { path: '^core/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one subject, or a third file is missing that both import.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'imports-resolve',
      comment: "Nothing answers to this import: name the package in the workspace's package.json, or mend the path.",
      severity: 'error',
      // SvelteKit makes modules of its own ($app, $types) while it builds
      from: { pathNot: '^web/src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/(?:build|\\.svelte-kit)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.svelte', '.d.ts'],
    },
  },
};
