// The package.json of drizzle-orm has 180 KB, and Node reads and parses it anew for each import of one of its files: that was two thirds of
// the time in which the whole installation is loaded. Here each of its names is looked up once a folder, and its own files without it.
import { type ResolveFnOutput, registerHooks } from 'node:module';

const known = new Map<string, ResolveFnOutput>();

registerHooks({
  resolve(name, context, next) {
    const { parentURL = '', conditions } = context;
    if (!conditions.includes('import')) return next(name, context);
    // all of its files that end so are modules, as it has one package.json and that says so
    if (/^\.\.?\/.*\.js$/.test(name) && /\/node_modules\/drizzle-orm\/(?!.*\/node_modules\/).*\.js$/.test(parentURL))
      return { url: new URL(name, parentURL).href, format: 'module', shortCircuit: true };
    if (!/^drizzle-orm(?:\/|$)/.test(name)) return next(name, context);
    const key = `${name} ${parentURL.slice(0, parentURL.lastIndexOf('/'))}`; // nobody knows where a package begins
    const found = known.get(key) ?? { ...next(name, context), shortCircuit: true };
    known.set(key, found);
    return found;
  },
});
