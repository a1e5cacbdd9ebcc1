import { type FormEvent, useId, useRef, useState } from 'react'
import type { SetFault } from '../api.ts'
import { type FaultKind, faultOf } from './fault-kinds.ts'
import type { FaultTexts } from './fault-texts.ts'
import { useClearFaults, useSetFault } from './use-local-oss.ts'

export interface FaultSwitchProps {
  kind: FaultKind
  /** Those of this kind that are in force. */
  set: readonly SetFault[]
  text: FaultTexts
  announce(news: string): void
}

/** One fault: what it does, what to expect, its numbers, on or off. */
export function FaultSwitch({ kind, set, text, announce }: FaultSwitchProps) {
  const { name, parameters, mayBeOnce } = kind
  const ids = useId()
  const form = useRef<HTMLFormElement>(null)
  const [once, setOnce] = useState(false)
  const turnOn = useSetFault()
  const turnOff = useClearFaults()
  const isOn = set.length > 0
  const isBusy = turnOn.isPending || turnOff.isPending
  const error = turnOn.error ?? turnOff.error

  const toggle = (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    turnOn.reset()
    turnOff.reset()
    if (isOn) {
      turnOff.mutate(
        set.map(({ id }) => id),
        { onSuccess: () => announce(text.isOff(text.names[name])) },
      )
      return
    }
    const values = Object.fromEntries(new FormData(form.current ?? undefined)) as Record<string, string>
    turnOn.mutate(faultOf(kind, values, once), { onSuccess: () => announce(text.isOn(text.names[name])) })
  }

  return (
    <li className="fault" data-on={isOn ? '' : undefined}>
      <form ref={form} onSubmit={toggle}>
        <div className="fault-head">
          <h2 id={`${ids}-name`}>{text.names[name]}</h2>
          <button
            type="submit"
            className="switch"
            role="switch"
            aria-checked={isOn}
            aria-labelledby={`${ids}-name`}
            aria-describedby={`${ids}-text`}
          />
        </div>
        <div id={`${ids}-text`} className="fault-text">
          <p>{text.sentences[name].happens}</p>
          <p className="muted">
            <b>{text.expect}</b> {text.sentences[name].expect}
          </p>
        </div>
        <div className="fault-fields">
          {parameters.map(({ name: parameter, start, factor, min, max }) => (
            <label key={parameter}>
              <span>{text.parameters[parameter]}</span>
              <input
                name={parameter}
                defaultValue={start}
                disabled={isOn}
                required
                type={typeof start === 'number' ? 'number' : 'text'}
                {...{ min, max }}
                step={factor === undefined ? 1 : 'any'}
                spellCheck={false}
                autoComplete="off"
              />
            </label>
          ))}
          {mayBeOnce && (
            <label className="once">
              <input type="checkbox" checked={once} disabled={isOn} onChange={() => setOnce(!once)} />
              <span>{text.once}</span>
            </label>
          )}
        </div>
        {error !== null && (
          <p className="failure" role="alert">
            {text.failed} <span lang="en">{error.message}</span>
          </p>
        )}
      </form>
    </li>
  )
}
