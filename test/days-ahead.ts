// Preloaded into a process (`node --import`), it makes the machine's clock show DAYS_AHEAD days later.
const ahead = Number(process.env.DAYS_AHEAD) * 86_400_000;
const RealDate = Date;
const now = () => RealDate.now() + ahead;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget) as object,
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
