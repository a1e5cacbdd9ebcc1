import '@oss-direct/react/styles.css'
import type { routes } from '@oss-direct/example-express-minimal'
import { createUploadReact } from '@oss-direct/react'
import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useForm } from 'react-hook-form'

const { UploadDropzone } = createUploadReact<typeof routes>()

interface Profile {
  name: string
  /** What the application answered about the picture. */
  picture: string
}

/** The picture is a field like the others: the form cannot be sent before the application has answered about it. */
function ProfileForm() {
  const { register, handleSubmit, setValue, formState } = useForm<Profile>()
  const [saved, setSaved] = useState<Profile>()
  register('picture', { required: 'A picture is needed' })
  return (
    <form onSubmit={handleSubmit(setSaved)} noValidate>
      <h1>Profile</h1>
      <label>
        Name <input {...register('name', { required: 'A name is needed' })} />
      </label>
      {formState.errors.name && <p role="alert">{formState.errors.name.message}</p>}
      <UploadDropzone
        route="avatar"
        onDone={(upload) => setValue('picture', upload.result.url, { shouldValidate: true })}
      />
      {formState.errors.picture && <p role="alert">{formState.errors.picture.message}</p>}
      <button type="submit">Save</button>
      {saved && (
        <output>
          Saved {saved.name} with {saved.picture}
        </output>
      )}
    </form>
  )
}

const page = document.getElementById('app')
if (page === null) throw new Error('index.html has no element #app')
createRoot(page).render(<ProfileForm />)
