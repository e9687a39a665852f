export {
  CIFAR_DATASETS,
  CIFAR10,
  CIFAR10_CLASS_NAMES,
  CIFAR100,
  CIFAR100_CLASS_NAMES,
  CIFAR100_COARSE,
  CIFAR100_COARSE_CLASS_NAMES,
  type CifarArchive,
  type CifarDescriptor,
  type CifarFile,
  type CifarLabel,
  type CifarNpmPackage,
} from './datasets.ts';
