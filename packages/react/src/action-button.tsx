import type { ReactNode } from 'react'

export interface ActionButtonProps {
  label: string
  /** In place of the label, which is then read aloud and shown when the pointer rests on it. */
  icon?: ReactNode
  /** @default label */
  title?: string | undefined
  /** Of the element that names what the action is done to. */
  nameId?: string | undefined
  /** Of a button that opens and closes something. */
  expanded?: boolean | undefined
  onClick(): void
}

export function ActionButton({ label, icon, title = label, nameId, expanded, onClick }: ActionButtonProps) {
  return (
    <button
      type="button"
      className="od-button"
      data-kind={icon ? 'icon' : 'secondary'}
      aria-describedby={nameId}
      aria-expanded={expanded}
      title={icon ? title : undefined}
      onClick={onClick}
    >
      {icon}
      {icon ? <span className="od-hidden">{label}</span> : label}
    </button>
  )
}
