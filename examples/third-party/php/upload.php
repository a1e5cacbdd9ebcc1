<?php
// Uploads a file with aliyuncs/oss-sdk-php: php upload.php FILE [parts]

require __DIR__ . '/vendor/autoload.php';

use OSS\Core\OssException;
use OSS\Credentials\StaticCredentialsProvider;
use OSS\OssClient;

const PART = 1024 * 1024;

/** Posts JSON to the server. */
function call(string $path, array|object $body): array
{
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => [
            'Authorization: Bearer ' . (getenv('UPLOADS_KEY') ?: 'odk_made-by-oss-direct-keys-create'),
            'Content-Type: application/json',
        ],
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
    ]]);
    $url = (getenv('UPLOADS') ?: 'http://localhost:3002/uploads') . $path;
    $answer = json_decode(file_get_contents($url, false, $context), true, 512, JSON_THROW_ON_ERROR);
    if (isset($answer['code'])) {
        throw new RuntimeException($answer['code'] . ': ' . $answer['detail']);
    }
    return $answer;
}

/** Temporary keys that are good for this file. */
function askForKeys(string $file): array
{
    $described = ['name' => basename($file), 'size' => filesize($file), 'type' => 'text/plain'];
    $answer = call('', ['route' => 'partner', 'transport' => 'sts', 'files' => [$described]])['grants'][0];
    if (!$answer['ok']) {
        throw new RuntimeException($answer['error']['code'] . ': ' . $answer['error']['detail']);
    }
    return $answer['grant'];
}

function openClient(array $grant): OssClient
{
    $keys = $grant['credentials'];
    return new OssClient([
        'provider' => new StaticCredentialsProvider(
            $keys['accessKeyId'],
            $keys['accessKeySecret'],
            $keys['securityToken']
        ),
        'endpoint' => $grant['endpoint'],
        'region' => $grant['region'],
        'signatureVersion' => OssClient::OSS_SIGNATURE_VERSION_V4,
        'cname' => $grant['addressing'] === 'cname',
        'forcePathStyle' => $grant['addressing'] === 'path',
    ]);
}

/** The SDK encodes the two JSON texts by itself. */
function callbackOf(array $grant): array
{
    $plain = $grant['callback']['plain'];
    return [
        OssClient::OSS_CALLBACK => json_encode($plain['callback'], JSON_UNESCAPED_SLASHES),
        OssClient::OSS_CALLBACK_VAR => json_encode((object) $plain['callbackVar'], JSON_UNESCAPED_UNICODE),
    ];
}

function put(OssClient $client, array $grant, string $file): string
{
    $options = [OssClient::OSS_HEADERS => $grant['headers']] + callbackOf($grant);
    // Not uploadFile, which takes a 203 for success.
    return $client->putObject($grant['bucket'], $grant['key'], file_get_contents($file), $options)['body'];
}

function putParts(OssClient $client, array $grant, string $file): string
{
    ['bucket' => $bucket, 'key' => $key] = $grant;
    $id = $client->initiateMultipartUpload($bucket, $key, [OssClient::OSS_HEADERS => $grant['headers']]);
    $parts = [];
    for ($at = 0, $size = filesize($file); $at < $size; $at += PART) {
        $number = count($parts) + 1;
        $etag = $client->uploadPart($bucket, $key, $id, [
            OssClient::OSS_FILE_UPLOAD => $file,
            OssClient::OSS_PART_NUM => $number,
            OssClient::OSS_SEEK_TO => $at,
            OssClient::OSS_LENGTH => min(PART, $size - $at),
        ]);
        $parts[] = ['PartNumber' => $number, 'ETag' => $etag];
    }
    return $client->completeMultipartUpload($bucket, $key, $id, $parts, callbackOf($grant))['body'];
}

try {
    [, $file] = $argv;
    $grant = askForKeys($file);
    try {
        $send = ($argv[2] ?? '') === 'parts' ? 'putParts' : 'put';
        $answer = $send(openClient($grant), $grant, $file);
    } catch (OssException $error) {
        if ((int) $error->getHTTPStatus() !== 203) {
            throw $error;
        }
        // The file is stored, and the application has not answered. Not a byte is sent again.
        echo 'unconfirmed: ', $error->getErrorCode(), ': ', $error->getErrorMessage(), "\n";
        $answer = json_encode(call('/' . $grant['id'] . '/confirm', new stdClass()));
    }
    echo "done: $answer\n";
} catch (OssException $error) {
    echo 'failed: ', $error->getErrorCode(), ': ', $error->getErrorMessage(), "\n";
    exit(1);
} catch (RuntimeException $error) {
    echo 'failed: ', $error->getMessage(), "\n";
    exit(1);
}
