// Loaded in front of a program (`--import`): its clock is wrong by as much as the environment says. Timers go on as ever.
const offsetMs = Number(process.env.CLOCK_OFFSET_MS)
const now = () => RealDate.now() + offsetMs
const RealDate = Date

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, member) => (member === 'now' ? now : Reflect.get(target, member)),
})
