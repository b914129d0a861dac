// The actions and plugins of this house, as far as whoever asks may use them: the document that describes them tells.

interface Document {
  readonly paths?: Readonly<Record<string, unknown>>;
}

/** By their names, like `ledger.post-entry`, in order. */
export async function actionNames(locals: App.Locals): Promise<string[]> {
  const { paths = {} } = (await (await locals.ask('/openapi.json')).json()) as Document;
  const names = Object.keys(paths).flatMap((path) => {
    const [, plugin, verb] = /^\/api\/([a-z-]+)\/([a-z-]+)$/.exec(path) ?? [];
    return plugin && verb ? [`${plugin}.${verb}`] : [];
  });
  return names.sort();
}
