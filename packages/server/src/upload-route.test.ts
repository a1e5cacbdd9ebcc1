import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { type RouteInput, type RouteResult, type UploadedEvent, uploadRoute } from './upload-route.ts'
import { createUploads } from './uploads.ts'
import type { UploadsOptions } from './uploads-options.ts'

const routes = {
  avatar: uploadRoute({
    accept: ['image/png'],
    input: z.object({ album: z.string().transform((text) => text.length), note: z.string().optional() }),
    authorize: ({ input }) => input.album > 0,
    onUploaded: async ({ key, input }) => ({ url: `/${key}`, at: new Date(), album: input.album }),
  }),
  plain: uploadRoute({ onUploaded: () => undefined }),
}

describe('the types of routes', () => {
  it('give the browser what onUploaded returns, as JSON leaves it', () => {
    expectTypeOf<RouteResult<typeof routes, 'avatar'>>().toEqualTypeOf<{ url: string; at: string; album: number }>()
    expectTypeOf<RouteInput<typeof routes, 'avatar'>>().toEqualTypeOf<{ album: string; note?: string | undefined }>()
    expectTypeOf<RouteInput<typeof routes, 'plain'>>().toEqualTypeOf<undefined>()
    // @ts-expect-error there is no such route
    type Missing = RouteResult<typeof routes, 'avatars'>
    expectTypeOf<Missing>().toBeNever()
  })

  it('give the hooks what the schema made of the input', () => {
    uploadRoute({
      input: z.object({ album: z.string() }),
      // @ts-expect-error the schema knows no page
      authorize: ({ input }) => input.page > 0,
      onUploaded: () => null,
    })
  })

  it('hold identify to the caller that the hooks want', () => {
    interface Member {
      id: string
      team: string
    }
    const team = uploadRoute({ onUploaded: ({ caller }: UploadedEvent<Member>) => caller.team })
    type Options = Omit<UploadsOptions<Member>, 'identify' | 'routes'>
    const fits = (options: Options) =>
      createUploads({ ...options, routes: { team }, identify: () => ({ id: 'a', team: 'b' }) })
    // @ts-expect-error a caller without team would reach a hook that reads it
    const fitsNot = (options: Options) => createUploads({ ...options, routes: { team }, identify: () => ({ id: 'a' }) })
    expect([fits, fitsNot]).toHaveLength(2)
  })
})

describe('uploadRoute', () => {
  const onUploaded = () => null

  it('has finite limits where none are given', () => {
    expect(uploadRoute({ onUploaded }).rules).toEqual({
      accept: [],
      minBytes: 0,
      maxBytes: 104_857_600,
      maxFiles: Number.MAX_SAFE_INTEGER,
      transports: ['post'],
    })
  })

  it('takes as much as OSS does in parts', () => {
    const { rules } = uploadRoute({ transports: ['post', 'multipart'], maxBytes: 53_687_091_200_000, onUploaded })
    expect(rules).toMatchObject({ transports: ['post', 'multipart'], maxBytes: 53_687_091_200_000 })
  })

  it.each([
    [{ maxBytes: 0 }, 'maxBytes must be a whole number, 1 or more, not 0'],
    [{ maxBytes: 1.5 }, 'maxBytes must be a whole number'],
    [{ minBytes: -1 }, 'minBytes must be a whole number, 0 or more, not -1'],
    [{ minBytes: 2, maxBytes: 1 }, 'minBytes (2) is more than maxBytes (1)'],
    [{ maxFiles: 0 }, 'maxFiles must be a whole number'],
    [{ maxBytes: 6 * 1024 ** 3 }, 'OSS takes at most 5368709120 (5 GiB) in one request'],
    [
      { transports: ['multipart'] as const, maxBytes: 53_687_091_200_001 },
      'OSS takes at most 53687091200000 (48.8 TB) in parts',
    ],
    [{ transports: [] }, 'transports must name at least one way'],
    [{ transports: ['post', 'post'] as const }, 'each once, not: post, post'],
    [{ partBytes: 102_399 }, 'partBytes must be a whole number, 102400 or more, not 102399'],
    [{ partBytes: 5 * 1024 ** 3 + 1 }, 'OSS takes at most 5368709120 (5 GiB) in one part'],
    [{ callback: { imageInfo: true } }, 'callback.imageInfo needs `accept` to hold images only'],
    [{ accept: ['image/png', '.pdf'], callback: { imageInfo: true } }, 'callback.imageInfo needs'],
  ])('refuses %j', (rules, message) => {
    expect(() => uploadRoute({ ...rules, onUploaded })).toThrow(message)
  })
})
