/** Works out the CRC-64 of files, as OSS computes it, so that the server can compare it with that of the object. */
export interface Checksum {
  /**
   * Unsigned, in decimal. Rejects with UploadError: `cancelled` by the signal or by `dispose`, `file-unreadable`, or
   * `checksum-unavailable` where nothing can work it out.
   */
  of(file: Blob, signal: AbortSignal): Promise<string>
  /** Gives up what it holds, and what it was doing. The next file begins anew. */
  dispose(): void
}
