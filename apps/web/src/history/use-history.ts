import type { UploadRecord } from '@oss-direct/shared'
import {
  type Mutation,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useMutationState,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import { confirmRecord, deleteRecord, listRecords } from '../api.ts'
import { uploader } from '../uploading.ts'

const HISTORY = ['history']
const DELETION = ['delete-record']

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
    onSettled: (_outcome, _error, id) => readAgain(queryClient, id),
  })
}

/**
 * Deletes record and object. Nothing is cut out of the list: whoever shows records leaves out those of `useDeletions`, so that
 * a row is gone at once, stays gone until the list has been read without it, and is back where the server refuses.
 */
export function useDeleteRecord() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationKey: DELETION,
    mutationFn: ({ id }: UploadRecord) => deleteRecord(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: HISTORY }),
    onError: (_error, { id }) => void readAgain(queryClient, id),
  })
}

export interface Deletions {
  /** Ids of records whose deletion is under way. */
  pending: ReadonlySet<string>
  refused: readonly RefusedDeletion[]
}

export interface RefusedDeletion {
  record: UploadRecord
  error: Error
  dismiss(): void
}

export function useDeletions(): Deletions {
  const cache = useQueryClient().getMutationCache()
  const mutations = useMutationState({
    filters: { mutationKey: DELETION },
    select: (mutation) => mutation as Mutation<void, Error, UploadRecord>,
  })
  const state = mutations.map((mutation) => ({ ...mutation.state, dismiss: () => cache.remove(mutation) }))
  return {
    pending: new Set(
      state.flatMap(({ status, variables }) => (status === 'pending' && variables ? [variables.id] : [])),
    ),
    refused: state.flatMap(({ error, variables, dismiss }) =>
      error && variables ? [{ error, record: variables, dismiss }] : [],
    ),
  }
}

/** Whether files are on their way from this very page. Their records have been granted, and are shown there. */
export function isUploading(): boolean {
  return uploader.getSnapshot().some(({ phase }) => UNDER_WAY.has(phase))
}

function readAgain(queryClient: QueryClient, id: string): Promise<unknown> {
  return Promise.all(
    [HISTORY, ['record', id], ['trace', id]].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
  )
}

/** Files that end together are read together. */
const BATCH_MS = 400
/** While so many are under way each reading brings nothing but new rows, and drawing all of them would be felt. */
const MANY = 100
const BATCH_OF_MANY_MS = 3000
const UNDER_WAY = new Set(['queued', 'signing', 'sending', 'paused', 'confirming'])
const ENDED = new Set(['done', 'unconfirmed', 'failed', 'cancelled'])

function watchEnds(changed: () => void): () => void {
  let ended = describeEnds()
  let timer: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = uploader.subscribe(() => {
    if (timer !== undefined || describeEnds() === ended) return
    const underWay = uploader.getSnapshot().filter(({ phase }) => UNDER_WAY.has(phase)).length
    timer = setTimeout(
      () => {
        timer = undefined
        ended = describeEnds()
        changed()
      },
      underWay < MANY ? BATCH_MS : BATCH_OF_MANY_MS,
    )
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
