import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { clearFaults, findLocalOss, setFault } from '../api.ts'

const LOCAL_OSS = ['local-oss']

/** Whether the server works with a local OSS, and the faults in force there. `followMs`: how often to look again. */
export function useLocalOss({ followMs }: { followMs: number | false } = { followMs: false }) {
  return useQuery({
    queryKey: LOCAL_OSS,
    queryFn: ({ signal }) => findLocalOss(signal),
    // A counted fault goes away by a request that meets it, and the console may change all of them.
    refetchInterval: followMs,
  })
}

export function useSetFault() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: setFault,
    onSettled: () => queryClient.invalidateQueries({ queryKey: LOCAL_OSS }),
  })
}

export function useClearFaults() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: clearFaults,
    onSettled: () => queryClient.invalidateQueries({ queryKey: LOCAL_OSS }),
  })
}
