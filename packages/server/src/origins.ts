/** Origins as browsers write them: scheme, host, and the port where it is not the scheme's own. Throws TypeError. */
export function checkOrigins(name: string, origins: readonly string[]): readonly string[] {
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return origins
  throw new TypeError(
    `${name} has ${JSON.stringify(wrong)}; an origin looks like https://app.example.com, without a path`,
  )
}
