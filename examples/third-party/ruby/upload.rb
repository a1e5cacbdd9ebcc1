# Uploads a file with aliyun-sdk: ruby upload.rb FILE [parts]
require 'aliyun/oss'
require 'json'
require 'net/http'

class Refused < StandardError; end

# Posts JSON to the server.
def call(path, body)
  url = URI(ENV.fetch('UPLOADS', 'http://localhost:3002/uploads') + path)
  headers = {
    'Authorization' => "Bearer #{ENV.fetch('UPLOADS_KEY', 'odk_made-by-oss-direct-keys-create')}",
    'Content-Type' => 'application/json'
  }
  answer = Net::HTTP.post(url, JSON.generate(body), headers)
  json = JSON.parse(answer.body)
  raise Refused, "#{json['code']}: #{json['detail']}" unless answer.is_a?(Net::HTTPSuccess)

  json
end

# Temporary keys that are good for this file.
def ask_for_keys(file)
  described = { name: File.basename(file), size: File.size(file), type: 'text/plain' }
  answer = call('', { route: 'partner', transport: 'sts', files: [described] })['grants'][0]
  raise Refused, "#{answer['error']['code']}: #{answer['error']['detail']}" unless answer['ok']

  answer['grant']
end

# The SDK has no path style: it does not reach a local OSS by an address. It signs by V1.
def open_bucket(grant)
  keys = grant['credentials']
  client = Aliyun::OSS::Client.new(
    endpoint: grant['endpoint'],
    cname: grant['addressing'] == 'cname',
    access_key_id: keys['accessKeyId'],
    access_key_secret: keys['accessKeySecret'],
    sts_token: keys['securityToken']
  )
  client.get_bucket(grant['bucket'])
end

# As headers: the SDK's own Callback knows neither variables nor callbackSNI. A 203 raises CallbackError either way.
def put(bucket, grant, file)
  callback = grant['callback']
  headers = grant['headers'].merge(
    'x-oss-callback' => callback['callback'],
    'x-oss-callback-var' => callback['callbackVar']
  )
  bucket.put_object(grant['key'], file: file, headers: headers)
end

# Parts take the SDK's Callback and nothing else; it puts a `?` behind the URL, which the server knows of.
def put_parts(bucket, grant, file)
  plain = grant['callback']['plain']['callback']
  callback = Aliyun::OSS::Callback.new(
    url: plain['callbackUrl'],
    body: plain['callbackBody'],
    content_type: plain['callbackBodyType'],
    host: plain['callbackHost']
  )
  bucket.resumable_upload(
    grant['key'], file, part_size: 1024 * 1024, disable_cpt: true, headers: grant['headers'], callback: callback
  )
end

begin
  file, way = ARGV
  grant = ask_for_keys(file)
  begin
    send(way == 'parts' ? :put_parts : :put, open_bucket(grant), grant, file)
  rescue Aliyun::OSS::CallbackError => e
    # The file is stored, and the application has not answered. Not a byte is sent again.
    puts "unconfirmed: #{e.message.gsub(/\s+/, ' ')}"
  end
  # The SDK drops the application's answer; the server gives it again.
  puts "done: #{JSON.generate(call("/#{grant['id']}/confirm", {}))}"
rescue Aliyun::OSS::ServerError => e
  puts "failed: #{e.error_code}: #{e.message}"
  exit 1
rescue Refused => e
  puts "failed: #{e.message}"
  exit 1
end
