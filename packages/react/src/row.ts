import { createContext, useContext } from 'react'

/** What an item knows of its row besides the upload. */
export interface Row {
  /** Place in line, from 1; only looked at while the upload waits. */
  place: number
  /** Whether the answer is shown. */
  open: boolean
  toggle(id: string, open: boolean): void
}

export const RowContext = createContext<Row | undefined>(undefined)

export function useRow(): Row {
  const row = useContext(RowContext)
  if (row === undefined) throw new Error('<UploadItem> stands alone. Return it from the children of <UploadList>.')
  return row
}
