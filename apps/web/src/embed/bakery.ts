/** The page's own business: what it does with an upload that is done. */
export function thank(fileName: string): void {
  const thanks = document.createElement('li')
  thanks.textContent = fileName
  document.getElementById('received')?.append(thanks)
}
