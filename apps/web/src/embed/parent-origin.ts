/**
 * The origin of the page that shows us in a frame, as it says itself: `?parent=https://shop.example`. Results are posted to
 * it and to nobody else; whether it may show us at all, the server has said by `frame-ancestors`. Nothing where it is no
 * whole http or https origin, `*` above all.
 */
export function parentOriginOf(search: string): string | undefined {
  const parent = new URLSearchParams(search).get('parent')
  if (parent === null || !/^https?:\/\//.test(parent) || !URL.canParse(parent)) return undefined
  return new URL(parent).origin === parent ? parent : undefined
}
