import { describe, expect, it } from 'vitest'
import { resolveLanguage } from './language.tsx'
import { groupRejections, rejectionReason } from './rejection-groups.ts'
import { uploadIn } from './upload.fixture.ts'

const rules = {
  accept: ['image/*', '.pdf'],
  minBytes: 1,
  maxBytes: 20 * 1024 * 1024,
  maxFiles: 3,
  transports: ['post' as const],
}

describe('refused files', () => {
  it('are grouped by reason, in order of appearance', () => {
    const uploads = [
      uploadIn('rejected', { id: 'a', code: 'file-too-large' }),
      uploadIn('done', { id: 'b' }),
      uploadIn('rejected', { id: 'c', code: 'file-type-refused' }),
      uploadIn('rejected', { id: 'd', code: 'file-too-large' }),
    ]
    const groups = groupRejections(uploads).map(({ code, uploads }) => [code, ...uploads.map(({ id }) => id)])
    expect(groups).toEqual([
      ['file-too-large', 'a', 'd'],
      ['file-type-refused', 'c'],
    ])
  })

  it.each([
    ['file-too-large', 'Too large: at most 20.0 MiB', '文件过大：不能超过 20.0 MiB'],
    ['file-too-small', 'Empty files are not taken here', '此处不接受空文件'],
    ['file-type-refused', 'Wrong type. Accepted: images or PDF', '类型不符，仅限图片或PDF'],
    ['too-many-files', 'Too many at once: at most 3 files', '一次添加过多：最多 3 个文件'],
    ['forbidden', 'Not allowed', '没有权限'],
  ] as const)('%s names the limit', (code, english, chinese) => {
    expect(rejectionReason(code, rules, resolveLanguage('en'))).toBe(english)
    expect(rejectionReason(code, rules, resolveLanguage('zh-CN'))).toBe(chinese)
  })

  it('name the reason where the limit is not known', () => {
    expect(rejectionReason('file-too-large', undefined, resolveLanguage('en'))).toBe('The file is too large')
    expect(rejectionReason('file-too-small', { ...rules, minBytes: 2048 }, resolveLanguage('en'))).toBe(
      'Too small: at least 2.0 KiB',
    )
  })
})
