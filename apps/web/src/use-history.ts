import type { RecordPage } from '@oss-direct/shared'
import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { confirmRecord, deleteRecord, listRecords } from './api.ts'
import { uploader } from './uploading.ts'

const HISTORY = ['history']
type Pages = InfiniteData<RecordPage, string | undefined>

/** The visitor's records, newest first; read again whenever an upload of this page has ended. */
export function useHistory() {
  const queryClient = useQueryClient()
  useEffect(() => watchEnds(() => queryClient.invalidateQueries({ queryKey: HISTORY })), [queryClient])
  return useInfiniteQuery({
    queryKey: HISTORY,
    queryFn: ({ pageParam, signal }) => listRecords(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  })
}

/** Asks the server whether a record's object has arrived, and has it settled. */
export function useConfirmRecord() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: confirmRecord,
    onSettled: () => queryClient.invalidateQueries({ queryKey: HISTORY }),
  })
}

/** Deletes record and object. The row goes at once, and comes back where the server refuses. */
export function useDeleteRecord() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: deleteRecord,
    async onMutate(id) {
      await queryClient.cancelQueries({ queryKey: HISTORY })
      const before = queryClient.getQueryData<Pages>(HISTORY)
      queryClient.setQueryData<Pages>(HISTORY, (pages) => pages && withoutRecord(pages, id))
      return { before }
    },
    onError: (_error, _id, context) => queryClient.setQueryData(HISTORY, context?.before),
    onSettled: () => queryClient.invalidateQueries({ queryKey: HISTORY }),
  })
}

/** Whether files are on their way from this very page. Their records have been granted, and are shown there. */
export function isUploading(): boolean {
  return uploader.getSnapshot().some(({ phase }) => UNDER_WAY.has(phase))
}

function withoutRecord(pages: Pages, id: string): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((record) => record.id !== id) })),
  }
}

/** Thousands of files may end within a second; the history is read once for all of them. */
const BATCH_MS = 400
const UNDER_WAY = new Set(['queued', 'signing', 'sending', 'paused', 'confirming'])
const ENDED = new Set(['done', 'unconfirmed', 'failed', 'cancelled'])

function watchEnds(changed: () => void): () => void {
  let ended = describeEnds()
  let timer: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = uploader.subscribe(() => {
    if (timer !== undefined || describeEnds() === ended) return
    timer = setTimeout(() => {
      timer = undefined
      ended = describeEnds()
      changed()
    }, BATCH_MS)
  })
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}

/** Changes whenever an upload ends, or what was unconfirmed is done. */
function describeEnds(): string {
  const ended = uploader.getSnapshot().filter(({ phase }) => ENDED.has(phase))
  return `${ended.length} ended, ${ended.filter(({ phase }) => phase === 'done').length} of them done`
}
