/** The bytes of an upload in parts: those OSS has, and those on their way. */
export interface PartProgress {
  /** So many bytes of a part have left. */
  moved(partNumber: number, sentBytes: number): void
  /** OSS has the part. */
  stored(partNumber: number, bytes: number): void
  /** Its bytes did not arrive, and leave again. */
  lost(partNumber: number): void
}

export interface PartProgressListeners {
  /** Every growth of the sum, and never a smaller one: what a lost part had moved is told only once. */
  onProgress(sentBytes: number): void
  /** What OSS has, and what stays when all is stopped. */
  onStored(storedBytes: number): void
}

export function createPartProgress(storedBytes: number, { onProgress, onStored }: PartProgressListeners): PartProgress {
  const underWay = new Map<number, number>()
  let stored = storedBytes
  let told = -1
  const look = () => {
    let sum = stored
    for (const bytes of underWay.values()) sum += bytes
    if (sum <= told) return
    told = sum
    onProgress(sum)
  }
  onStored(stored)
  look()
  return {
    moved(partNumber, sentBytes) {
      underWay.set(partNumber, sentBytes)
      look()
    },
    stored(partNumber, bytes) {
      underWay.delete(partNumber)
      stored += bytes
      onStored(stored)
      look()
    },
    lost(partNumber) {
      underWay.delete(partNumber)
    },
  }
}
