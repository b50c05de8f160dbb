/**
 * Credentials in the forms that issuers and programs give them. All are made up here: right in their form, never valid,
 * and put together at run time, so that nothing that scans sources takes one for real.
 */
import { createHash } from 'node:crypto';

export interface Format {
  readonly text: string;
  /** What must not be seen; several where the form holds several. */
  readonly secrets: readonly string[];
  /** The form is of several lines, or holds what an encoding of it would change. */
  readonly asIs?: boolean;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const alphabets = {
  hex: '0123456789abcdef',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  base36: `${lower}0123456789`,
  word: `${lower}${lower.toUpperCase()}0123456789`,
  base64: `${lower}${lower.toUpperCase()}0123456789+/`,
};

/** As random as it looks and the same in every run: `length` characters for `seed`. */
export function made(alphabet: keyof typeof alphabets, length: number, seed: string): string {
  const letters = alphabets[alphabet];
  let text = '';
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash('sha512').update(`${seed}/${block}`).digest())
      text += letters[byte % letters.length];
  }
  return text.slice(0, length);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const joined = (...parts: string[]) => parts.join('');

/** Tokens that show by themselves what they are. */
export const tokens: Readonly<Record<string, string>> = {
  'AWS access key id': joined('AK', 'IA', made('upper', 16, 'aws')),
  'AWS temporary key id': joined('AS', 'IA', made('upper', 16, 'sts')),
  'GCP API key': joined('AI', 'za', made('word', 35, 'gcp')),
  'GCP OAuth access token': joined('ya', '29.', made('word', 60, 'ya')),
  'GCP OAuth client secret': joined('GOC', 'SPX-', made('word', 28, 'goc')),
  'GCP refresh token': joined('1/', '/0', made('word', 60, 'refresh')),
  'Azure client secret': joined(made('word', 3, 'az'), '8', 'Q~', made('word', 34, 'azure')),
  'DigitalOcean token': joined('do', 'p_v1_', made('hex', 64, 'do')),
  'Databricks token': joined('da', 'pi', made('hex', 32, 'dapi')),
  'GitHub personal token': joined('gh', 'p_', made('word', 36, 'ghp')),
  'GitHub app token': joined('gh', 's_', made('word', 36, 'ghs')),
  'GitHub OAuth token': joined('gh', 'o_', made('word', 36, 'gho')),
  'GitHub fine-grained token': joined('github', '_pat_', made('word', 22, 'a'), '_', made('word', 59, 'b')),
  'GitLab personal token': joined('gl', 'pat-', made('word', 20, 'glpat')),
  'GitLab runner token': joined('gl', 'rt-', made('word', 20, 'glrt')),
  'GitLab deploy token': joined('gl', 'dt-', made('word', 20, 'gldt')),
  'Bitbucket app password': joined('AT', 'BB', made('word', 32, 'atbb')),
  'Atlassian token': joined('ATA', 'TT3', made('word', 180, 'atatt')),
  'npm token': joined('np', 'm_', made('word', 36, 'npm')),
  'PyPI token': joined('py', 'pi-', 'AgEIcHlwaS5vcmc', made('word', 120, 'pypi')),
  'RubyGems key': joined('rubygems', '_', made('hex', 48, 'gems')),
  'Docker Hub token': joined('dckr', '_pat_', made('word', 27, 'dckr')),
  'Hugging Face token': joined('h', 'f_', made('word', 34, 'hf')),
  'Artifactory key': joined('AK', 'Cp', made('word', 69, 'akcp')),
  'Slack bot token': joined('xo', 'xb-', '123456789012-', '1234567890123-', made('word', 24, 'xoxb')),
  'Slack user token': joined('xo', 'xp-', '123456789012-', '123456789012-', made('hex', 32, 'xoxp')),
  'Slack app token': joined('xa', 'pp-', '1-A0123456789-', '1234567890123-', made('hex', 64, 'xapp')),
  'Telegram bot token': joined('123456789', ':', 'AA', made('word', 33, 'telegram')),
  'Anthropic key': joined('sk', '-ant-', 'api03-', made('word', 93, 'ant'), 'AA'),
  'OpenAI key': joined('sk', '-', made('word', 48, 'openai')),
  'OpenAI project key': joined('sk', '-proj-', made('word', 64, 'proj')),
  'Groq key': joined('gs', 'k_', made('word', 52, 'groq')),
  'Stripe secret key': joined('sk', '_live_', made('word', 24, 'stripe')),
  'Stripe test key': joined('sk', '_test_', made('word', 24, 'stripetest')),
  'Stripe restricted key': joined('rk', '_live_', made('word', 24, 'rk')),
  'Stripe webhook secret': joined('wh', 'sec_', made('word', 32, 'whsec')),
  'Square token': joined('sq', '0atp-', made('word', 22, 'square')),
  'Shopify token': joined('shp', 'at_', made('hex', 32, 'shopify')),
  'SendGrid key': joined('S', 'G.', made('word', 22, 'sg'), '.', made('word', 43, 'sg2')),
  'Mailgun key': joined('ke', 'y-', made('hex', 32, 'mailgun')),
  'Mailchimp key': joined(made('hex', 32, 'mailchimp'), '-us', '12'),
  'New Relic user key': joined('NR', 'AK-', made('upper', 27, 'nrak')),
  'New Relic license': joined(made('hex', 36, 'nral'), 'NR', 'AL'),
  'Grafana service token': joined('gl', 'sa_', made('word', 32, 'glsa'), '_', made('hex', 8, 'glsa')),
  'Grafana cloud token': joined('gl', 'c_', base64(`{"o":"1","n":"${made('word', 30, 'glc')}"}`)),
  'Sentry token': joined('sn', 'trys_', made('word', 80, 'sentry')),
  'Dynatrace token': joined('dt0', 'c01.', made('upper', 24, 'dt'), '.', made('upper', 64, 'dt2')),
  'PagerDuty user token': joined('u', '+', made('word', 18, 'pd')),
  'PagerDuty REST token': joined('y', '_', 'Nb4', made('word', 15, 'pdrest')),
  'Vault service token': joined('hv', 's.', made('word', 90, 'vault')),
  'Vault batch token': joined('hv', 'b.', made('word', 130, 'vaultb')),
  'older Vault token': joined('s', '.', 'A1b', made('word', 21, 'oldvault')),
  'Terraform Cloud token': joined(made('word', 14, 'tfc'), '.atlas', 'v1.', made('word', 67, 'tfc2')),
  'Doppler token': joined('dp', '.pt.', made('word', 43, 'doppler')),
  'Pulumi token': joined('pu', 'l-', made('hex', 40, 'pulumi')),
  'age key': joined('AGE-SECRET', '-KEY-1', made('upper', 58, 'age')),
  'Tailscale key': joined('ts', 'key-auth-', made('word', 16, 'ts'), '-', made('word', 32, 'ts2')),
  'Sonar token': joined('sq', 'p_', made('hex', 40, 'sonar')),
  'Linear key': joined('lin', '_api_', made('word', 40, 'linear')),
  'bcrypt hash': joined('$2', 'b$12$', made('word', 53, 'bcrypt')),
  'crypt hash': joined('$', '6$', made('word', 16, 'salt'), '$', made('word', 86, 'crypt')),
  JWT: jwt(),
};

function jwt(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'RS256', kid: made('hex', 16, 'kid') });
  return [
    header,
    part({ iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:shop:app' }),
    made('word', 342, 'jwt'),
  ].join('.');
}

const password = 'c0rrect-Horse_9';
const hooks = joined('hooks', '.slack.com/services/');
const slackPath = `T${made('upper', 9, 't')}/B${made('upper', 9, 'b')}/${made('word', 24, 'hook')}`;
const awsSecret = made('base64', 40, 'awssecret');

const one = (text: string, secret: string = password, asIs = false): Format => ({
  text,
  secrets: [secret],
  asIs,
});

/** Credentials that show by where they stand. One line each. */
export const places: Readonly<Record<string, Format>> = {
  'a Slack webhook': one(`posting to https://${hooks}${slackPath} failed`, slackPath),
  'a Discord webhook': one(
    `POST https://discord.com/api/webhooks/123456789012345678/${made('word', 68, 'discord')}`,
    made('word', 68, 'discord'),
  ),
  'a PagerDuty integration address': one(
    `POST https://events.pagerduty.com/integration/${made('hex', 32, 'pdint')}/enqueue`,
    made('hex', 32, 'pdint'),
  ),
  'an AWS key pair': one(`AKIA${made('upper', 16, 'p')}:${awsSecret}`, awsSecret),
  'an AWS secret in a profile': one(`aws_secret_access_key = ${awsSecret}`, awsSecret),
  'an AWS secret as asked for': one(`AWS Secret Access Key [None]: ${awsSecret}`, awsSecret),
  'an AWS session token': one(
    `AWS_SESSION_TOKEN=${made('base64', 120, 'session')}==`,
    made('base64', 120, 'session'),
  ),
  'a presigned address of S3': one(
    `GET https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${made('hex', 64, 's3')}`,
    made('hex', 64, 's3'),
  ),
  'an Azure SAS': one(
    `https://acct.blob.core.windows.net/c?sv=2024-11-04&se=2026-12-01&sr=c&sig=${made('word', 43, 'sas')}%3D`,
    made('word', 43, 'sas'),
  ),
  'an Azure storage string': one(
    `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${made('base64', 86, 'acct')}==;EndpointSuffix=core.windows.net`,
    made('base64', 86, 'acct'),
  ),
  'an Azure service bus string': one(
    `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${made('base64', 43, 'bus')}=`,
    made('base64', 43, 'bus'),
  ),
  'a Postgres address': one(`dial postgres://app:${password}@db.shop:5432/orders?sslmode=disable: refused`),
  'a Postgres address with an escaped password': one(`postgres://app:p%40ss%2Fw0rd9@db/x`, 'p%40ss%2Fw0rd9'),
  'a MySQL DSN of Go': one(`app:${password}@tcp(db:3306)/shop`.replace('app', 'mysql://app')),
  'a MongoDB address of a replica set': one(
    `mongodb+srv://app:${password}@a.example:27017,b.example:27017/x?replicaSet=r`,
  ),
  'a Redis address without user': one(`redis://:${password}@cache:6379/0`),
  'an AMQP address': one(`amqps://app:${password}@mq:5671/%2Fshop`),
  'an address with basic credentials': one(`GET https://ci:${password}@git.example/x.git HTTP/1.1`),
  'a Sentry DSN': one(`https://${made('hex', 32, 'dsn')}@o1.ingest.example/42`, made('hex', 32, 'dsn')),
  'a token as the user of an address': one(
    `https://${made('word', 24, 'user')}@git.example/x`,
    made('word', 24, 'user'),
  ),
  'a JDBC address': one(`jdbc:postgresql://db:5432/shop?user=app&password=${password}&ssl=true`),
  'a JDBC address of SQL Server': one(
    `jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password=${password};encrypt=true`,
  ),
  'a JDBC address of Oracle': one(`jdbc:oracle:thin:scott/${password}@//db:1521/ORCL`),
  'a libpq string': one(`host=db port=5432 user=app password=${password} dbname=shop`),
  'a libpq string with quotes': one(`host=db user=app password='my ${password}' dbname=shop`),
  'an ADO string': one(`Server=db;Database=shop;User Id=sa;Password=${password};Encrypt=yes`),
  'an ODBC string': one(`Driver={PostgreSQL};Server=db;Uid=app;Pwd={a;b ${password}};`),
  'a bearer header': one(`Authorization: Bearer ${made('word', 40, 'bearer')}`, made('word', 40, 'bearer')),
  'a bearer header in lower case': one(
    `> authorization: bearer ${made('word', 40, 'bearer')}`,
    made('word', 40, 'bearer'),
  ),
  'a basic header': one(`Authorization: Basic ${base64(`app:${password}`)}`, base64(`app:${password}`)),
  'a basic header as JSON': one(
    `{"headers":{"Authorization":"Basic ${base64(`app:${password}`)}"}}`,
    base64(`app:${password}`),
  ),
  'a header as Go prints it': one(
    `map[Accept:[*/*] Authorization:[Bearer ${made('word', 30, 'go')}]]`,
    made('word', 30, 'go'),
  ),
  'a header as Python prints it': one(
    `{'Accept': '*/*', 'Authorization': 'Token ${made('hex', 40, 'py')}'}`,
    made('hex', 40, 'py'),
  ),
  'a header as a list of pairs': one(
    `[('authorization', 'Bearer ${made('word', 30, 'pairs')}')]`,
    made('word', 30, 'pairs'),
  ),
  'a header as JSON with lists': one(
    `{"Authorization":["Bearer ${made('word', 30, 'list')}"]}`,
    made('word', 30, 'list'),
  ),
  "PagerDuty's header": one(`Authorization: Token token=${made('word', 20, 'pdh')}`, made('word', 20, 'pdh')),
  "Opsgenie's header": one(`Authorization: GenieKey ${made('hex', 32, 'genie')}`, made('hex', 32, 'genie')),
  'a digest header': one(
    `Authorization: Digest username="a", response="${made('hex', 32, 'digest')}"`,
    made('hex', 32, 'digest'),
    true,
  ),
  'a signed header of AWS': one(
    `Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=${made('hex', 64, 'sig4')}`,
    made('hex', 64, 'sig4'),
  ),
  'a header given to curl': one(
    `curl -H "Authorization: Bearer ${made('word', 30, 'curl')}" https://api`,
    made('word', 30, 'curl'),
  ),
  'an API key header': one(`X-Api-Key: ${made('hex', 32, 'xapi')}`, made('hex', 32, 'xapi')),
  'a Vault header': one(`X-Vault-Token: ${made('word', 26, 'xvault')}`, made('word', 26, 'xvault')),
  'a proxy header': one(`Proxy-Authorization: Basic ${base64(`p:${password}`)}`, base64(`p:${password}`)),
  'a cookie': one(`Cookie: theme=dark; sid=${made('word', 32, 'sid')}`, made('word', 32, 'sid')),
  'a cookie that is set': one(
    `Set-Cookie: session=${made('word', 32, 'sc')}; Path=/; HttpOnly`,
    made('word', 32, 'sc'),
  ),
  'a session of Java': one(`GET /cart;jsessionid=${made('upper', 32, 'js')} 200`, made('upper', 32, 'js')),
  'basic credentials in a log': one(
    `using Basic ${base64(`app:${password}`)} for registry`,
    base64(`app:${password}`),
  ),
  'a user given to curl': one(`curl -sS -u app:${password} https://api.example`),
  'a password given to mysql': one(`mysql -h db -u root -p${password} shop`),
  'a password given to sshpass': one(`sshpass -p ${password} ssh root@node`),
  'a password given to redis-cli': one(`redis-cli -h cache -a ${password} ping`),
  'a password of openssl': one(`openssl pkcs12 -passin pass:${password} -in x.p12`),
  'a literal given to kubectl': one(`kubectl create secret generic db --from-literal=password=${password}`),
  'a flag with a blank': one(`exec: tool --db-password ${password} --host db`),
  'a flag with an equals sign': one(`exec: tool --api-token=${password} --host db`),
  'arguments as JSON': one(`["tool","--password","${password}","--host","db"]`),
  'a join token of kubeadm': one(
    `kubeadm join 10.0.0.1:6443 --token ${made('base36', 6, 'j')}.${made('base36', 16, 'k')}`,
    made('base36', 16, 'k'),
  ),
  'a JSON field': one(`{"user":"app","dbPassword":"${password}","n":1}`),
  'a JSON field with a quote in it': one(
    `{"password":"${password}\\"x9y8","n":1}`,
    `${password}\\"x9y8`,
    true,
  ),
  'a JSON number': one('{"password":81726354,"n":1}', '81726354'),
  'a client secret': one(`{"client_id":"x","client_secret":"${password}"}`),
  'a GCP key id': one(`"private_key_id": "${made('hex', 40, 'gcpid')}"`, made('hex', 40, 'gcpid')),
  'a field of Python': one(`Config(user='app', password='${password}')`),
  'a field of Java': one(`DataSource{user=app, password=${password}, pool=5}`),
  'a field of Ruby': one(`{:user=>"app", :password=>"${password}"}`),
  'a field of PHP': one(`'password' => '${password}',`),
  'a constant of PHP': one(`define('DB_PASSWORD', '${password}');`),
  'a field of Go': one(`&{User:app Password:${password} Host:db}`),
  'a setting of Spring': one(`spring.datasource.password=${password}`),
  'a setting of TOML': one(`db_password = "${password}"`),
  'an index': one(`os.environ["API_KEY"] = "${password}"`),
  'a line of .env': one(`export DB_PASSWORD=${password}`),
  'a line of .env with punctuation': one(`DB_PASSWORD=${password},;x`, `${password},;x`, true),
  'a line of YAML': one('  password: correct horse battery staple', 'horse battery', true),
  'a line of YAML in quotes': one(`  password: "correct ${password}"`),
  'a line of kubectl describe': one(`      DB_PASSWORD:   ${password}`),
  'a variable without underscore': one(`DBPASS=${password}`),
  'a variable of Postgres': one(`PGPASSWORD=${password} psql -h db`),
  'a variable of a password file': one(`REDIS_AUTH=${password}`),
  'a numbered variable': one(`TOKEN_2=${password}`),
  'a pair of an environment': one(`{"name":"DB_PASSWORD","value":"${password}"}`),
  'a pair the other way round': one(`{"value":"${password}","name":"DB_PASSWORD"}`),
  'a pair as Go prints it': one(`v1.EnvVar{Name:"DB_PASSWORD", Value:"${password}"}`),
  'a pair as Go prints it for short': one(`env [{DB_PASSWORD ${password} nil} {A b nil}]`),
  'a pair of XML': one(`<add key="DbPassword" value="${password}"/>`),
  'an element of XML': one(`<db><user>app</user><password>${password}</password></db>`),
  'a query parameter': one(`GET /v1/items?limit=5&api_key=${password}&x=1 200`),
  'an OAuth fragment': one(
    `/cb#access_token=${made('word', 40, 'oauth')}&token_type=bearer`,
    made('word', 40, 'oauth'),
  ),
  'a form': one(`grant_type=password&username=a&password=${password}`),
  'an npm token of .npmrc': one(
    `//registry.example/:_authToken=${made('hex', 36, 'npmrc')}`,
    made('hex', 36, 'npmrc'),
  ),
  'a login of .npmrc': one(
    `//registry.example/:_auth=${base64(`app:${password}`)}`,
    base64(`app:${password}`),
  ),
  'a line of .netrc': one(`machine git.example login app password ${password}`),
  'a line of .pgpass': one(`db.example:5432:shop:app:${password}`),
  'a login of Docker': one(
    `{"auths":{"r.example":{"auth":"${base64(`app:${password}`)}"}}}`,
    base64(`app:${password}`),
  ),
  'a login of Docker in base64': one(
    `.dockerconfigjson: ${base64(`{"auths":{"r.example":{"auth":"${base64(`app:${password}`)}"}}}`)}`,
    base64(`{"auths":{"r.example":{"auth":"${base64(`app:${password}`)}"}}}`),
  ),
  'a token of a kubeconfig': one(
    `    token: ${made('word', 40, 'kubeconfig')}`,
    made('word', 40, 'kubeconfig'),
  ),
  'a key of a kubeconfig': one(
    `    client-key-data: ${base64(`-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIEow\n-----END RSA ${'PRIVATE'} KEY-----\n`)}`,
    base64(`-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIEow\n`).slice(0, 60),
  ),
  'an address in base64': one(
    `value=${base64(`postgres://app:${password}@db/shop`)} loaded`,
    base64(`postgres://app:${password}@db/shop`),
  ),
  'a map as Go prints it': one(`Data: map[password:${base64(password)} user:YXBw]`, base64(password)),
  'a statement of SQL': one(`CREATE USER app WITH PASSWORD '${password}';`),
  'a statement of MySQL': one(`ALTER USER 'app'@'%' IDENTIFIED BY '${password}'`),
  'a line of redis.conf': one(`requirepass ${password}`),
  'a command of Redis': one(`1700000000.1 [0 10.0.0.7:5] "AUTH" "app" "${password}"`),
  'a routing key': one(`{"routing_key":"${made('hex', 32, 'routing')}"}`, made('hex', 32, 'routing')),
  'a salt': one(`AUTH_SALT: ${made('base64', 44, 'salts')}`, made('base64', 44, 'salts')),
  'a list of tokens': one(
    `{"tokens":["${made('word', 24, 'l1')}","${made('word', 24, 'l2')}"]}`,
    made('word', 24, 'l2'),
  ),
};

const keyBody = [1, 2, 3]
  .map((line) => made('base64', 64, `pem${line}`))
  .concat(`${made('base64', 30, 'pem4')}==`);
const privateKey = (kind: string) =>
  [`-----BEGIN ${kind}${'PRIVATE'} KEY-----`, ...keyBody, `-----END ${kind}${'PRIVATE'} KEY-----`].join('\n');
const secretYaml = `apiVersion: v1
data:
  host: ${base64('db.shop')}
  tls.key: |
    ${keyBody[0]}
    ${keyBody[1]}
kind: Secret
metadata:
  name: db`;

/** Of several lines. */
export const blocks: Readonly<Record<string, Format>> = {
  'an RSA key': { text: privateKey('RSA '), secrets: keyBody },
  'a PKCS #8 key': { text: privateKey(''), secrets: keyBody },
  'an encrypted key': { text: privateKey('ENCRYPTED '), secrets: keyBody },
  'an OpenSSH key': { text: privateKey('OPENSSH '), secrets: keyBody },
  'a PGP key': { text: privateKey('PGP ').replaceAll('KEY-', 'KEY BLOCK-'), secrets: keyBody },
  'a key that lost its end': {
    text: privateKey('EC ').split('\n').slice(0, 3).join('\n'),
    secrets: keyBody.slice(0, 2),
  },
  'a key that lost its beginning': {
    text: privateKey('EC ').split('\n').slice(2).join('\n'),
    secrets: keyBody.slice(1),
  },
  'a key in YAML': {
    text: `tls.key: |\n${privateKey('EC ').replace(/^/gm, '  ')}\nnext: 1`,
    secrets: keyBody,
  },
  'a service account of GCP': {
    text: JSON.stringify(
      { type: 'service_account', private_key: privateKey(''), client_email: 'a@b.example' },
      null,
      2,
    ),
    secrets: keyBody,
  },
  'a Secret as YAML': { text: secretYaml, secrets: [base64('db.shop'), ...keyBody.slice(0, 2)] },
  'a Secret as JSON': {
    text: JSON.stringify(
      { kind: 'Secret', data: { user: base64('app'), x: base64('y{z}') }, metadata: {} },
      null,
      1,
    ),
    secrets: [base64('app'), base64('y{z}')],
  },
  'a Secret with plain values': {
    text: `kind: Secret\nstringData:\n  url: "amqp://mq"\n  note: two words\nmetadata:\n  name: x`,
    secrets: ['amqp://mq', 'two words'],
  },
  'a Secret in the annotation of kubectl apply': {
    text: `last-applied-configuration: |\n  {"apiVersion":"v1","data":{"user":"${base64('app')}"},"kind":"Secret"}`,
    secrets: [base64('app')],
  },
  'an environment as YAML': {
    text: `env:\n- name: DB_PASSWORD\n  value: ${password}\n- name: LEVEL\n  value: debug`,
    secrets: [password],
  },
  'an environment as quoted YAML': {
    text: `- name: API_TOKEN\n  value: "two ${password}"`,
    secrets: [password],
  },
  'an environment of several lines': {
    text: `- name: SIGNING_KEY\n  value: |\n    first-${password}\n    second-${password}\n- name: X`,
    secrets: [`first-${password}`, `second-${password}`],
  },
  'arguments as YAML': { text: `args:\n- --password\n- ${password}\n- --host`, secrets: [password] },
  'a block of YAML': {
    text: `db:\n  password: >-\n    first-${password}\n    second\n  host: db`,
    secrets: [`first-${password}`],
  },
  'a value on its own line': { text: `db:\n  password:\n    ${password}\n  host: db`, secrets: [password] },
  'a JSON value on its own line': { text: `{\n "password":\n   "${password}"\n}`, secrets: [password] },
  'a dump of HTTP': {
    text: `GET / HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer ${made('word', 30, 'http')}\r\nCookie: sid=${made('word', 30, 'httpc')}\r\n\r\n`,
    secrets: [made('word', 30, 'http'), made('word', 30, 'httpc')],
  },
  'a form of several parts': {
    text: `Content-Disposition: form-data; name="password"\r\n\r\n${password}\r\n--x`,
    secrets: [password],
  },
  'a profile of AWS': {
    text: `[default]\naws_access_key_id = AKIA${made('upper', 16, 'prof')}\naws_secret_access_key = ${awsSecret}\nregion = eu`,
    secrets: [awsSecret, made('upper', 16, 'prof')],
  },
  'a .netrc': { text: `machine git.example\n  login app\n  password ${password}\n`, secrets: [password] },
  'a key in base64 over lines': {
    text: `data: ${base64(privateKey('RSA ')).replace(/(.{76})/g, '$1\n')}`,
    secrets: [base64(privateKey('RSA ')).slice(76, 152), base64(privateKey('RSA ')).slice(160, 220)],
  },
};
