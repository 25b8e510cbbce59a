/** What an image is known to have for the platform's own jobs. They are Python of 3.9 or later and install nothing. */
interface JobImageFacts {
  readonly python: string;
  /** Versions, and where the makers of the image pin none, what they ask for. */
  readonly packages: Readonly<Record<'numpy' | 'scipy' | 'pyarrow', string>>;
  /** What says so. */
  readonly source: string;
  /** Date of the source. */
  readonly asOf: string;
}

/** Accounts of AWS that hold the image, by region. */
const SCIKIT_LEARN_ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '510948584623',
  'ap-east-1': '651117190479',
  'ap-northeast-1': '354813040037',
  'ap-northeast-2': '366743142698',
  'ap-northeast-3': '867004704886',
  'ap-south-1': '720646828776',
  'ap-south-2': '628508329040',
  'ap-southeast-1': '121021644041',
  'ap-southeast-2': '783357654285',
  'ap-southeast-3': '951798379941',
  'ap-southeast-4': '106583098589',
  'ca-central-1': '341280168497',
  'ca-west-1': '190319476487',
  'cn-north-1': '450853457545',
  'cn-northwest-1': '451049120500',
  'eu-central-1': '492215442770',
  'eu-central-2': '680994064768',
  'eu-north-1': '662702820516',
  'eu-south-1': '978288397137',
  'eu-south-2': '104374241257',
  'eu-west-1': '141502667606',
  'eu-west-2': '764974769150',
  'eu-west-3': '659782779980',
  'il-central-1': '898809789911',
  'me-central-1': '272398656194',
  'me-south-1': '801668240914',
  'sa-east-1': '737474898029',
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-gov-east-1': '237065988967',
  'us-gov-west-1': '414596584902',
  'us-west-1': '746614075791',
  'us-west-2': '246618743249',
};

/**
 * The image of AWS that the platform's own jobs run on: SageMaker's scikit-learn. The tag is that of the release
 * configuration (`prod_image`), the packages those of its requirements, both in aws/deep-learning-containers; the accounts
 * are those of `image_uri_config/sklearn.json` in aws/sagemaker-python-sdk.
 */
export const AWS_JOB_IMAGE = {
  repository: 'sagemaker-scikit-learn',
  tag: '1.4-2-py312-cpu-py3',
  accounts: SCIKIT_LEARN_ACCOUNTS,
  python: '3.12',
  packages: { numpy: '2.1.0', scipy: '>=1.9.0', pyarrow: '17.0.0' },
  source:
    'aws/deep-learning-containers e0ecede: docker/sklearn/1.4-2-py312/requirements.txt, .github/config/image/sklearn/sagemaker-1.4-2-py312.yml; aws/sagemaker-python-sdk a248126',
  asOf: '2026-08-21',
} as const satisfies JobImageFacts & Readonly<Record<string, unknown>>;

/** Account of AWS that holds the image of our jobs in a region; undefined where there is none. */
export const awsJobImageAccount = (region: string): string | undefined =>
  Object.hasOwn(SCIKIT_LEARN_ACCOUNTS, region) ? SCIKIT_LEARN_ACCOUNTS[region] : undefined;

/** Regions of AWS that have the image of our jobs. */
export const AWS_JOB_IMAGE_REGIONS: readonly string[] = Object.keys(SCIKIT_LEARN_ACCOUNTS);

/**
 * The image of Google Cloud that the platform's own jobs run on: a prebuilt container for training of Vertex AI. One image
 * is in three repositories, and each region takes the nearest. Only `latest` is supported.
 *
 * Google publishes no list of its packages. scikit-learn needs numpy and scipy; pyarrow is what nobody promises, so that a
 * job says so when it is not there.
 */
export const GCP_JOB_IMAGE = {
  repository: 'vertex-ai/training',
  image: 'sklearn-cpu.1-6',
  tag: 'latest',
  hosts: { us: 'us-docker.pkg.dev', europe: 'europe-docker.pkg.dev', asia: 'asia-docker.pkg.dev' },
  python: '3.10',
  packages: { numpy: 'of scikit-learn 1.6', scipy: 'of scikit-learn 1.6', pyarrow: 'not said' },
  source: 'Vertex AI documentation, "Prebuilt containers for custom training"',
  asOf: '2026-11-22',
} as const satisfies JobImageFacts & Readonly<Record<string, unknown>>;

/** Full name of that image for a region: `europe-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6:latest`. */
export function gcpJobImage(region: string): string {
  const { hosts, repository, image, tag } = GCP_JOB_IMAGE;
  const near = region.startsWith('europe-') || region.startsWith('africa-') || region.startsWith('me-');
  const host = near
    ? hosts.europe
    : region.startsWith('asia-') || region.startsWith('australia-')
      ? hosts.asia
      : hosts.us;
  return `${host}/${repository}/${image}:${tag}`;
}
