/** Where the networks of the zoo were published. */

const ATTENTION =
  "Wang, Jiang, Qian, Yang, Li, Zhang, Wang and Tang, Residual attention network for image " +
  "classification, CVPR 2017 (arXiv 1704.06904).";
const IDENTITY =
  "He, Zhang, Ren and Sun, Identity mappings in deep residual networks, ECCV 2016 (arXiv 1603.05027).";
const DENSE =
  "Huang, Liu, van der Maaten and Weinberger, Densely connected convolutional networks, " +
  "CVPR 2017 (arXiv 1608.06993).";
const MOBILE =
  "Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: inverted residuals and linear " +
  "bottlenecks, CVPR 2018 (arXiv 1801.04381).";
const RESIDUAL =
  "He, Zhang, Ren and Sun, Deep residual learning for image recognition, CVPR 2016 (arXiv 1512.03385).";

/** The beginning of a network's name, and its paper. The first that fits counts. */
const PAPERS: readonly (readonly [string, string])[] = [
  ["cifar/attention", ATTENTION],
  ["imagenet/attention", ATTENTION],
  ["cifar/resnet-18", RESIDUAL],
  ["cifar/resnet", IDENTITY],
  ["cifar/wrn", "Zagoruyko and Komodakis, Wide residual networks, BMVC 2016 (arXiv 1605.07146)."],
  [
    "imagenet/resnext",
    "Xie, Girshick, Dollar, Tu and He, Aggregated residual transformations for deep neural " +
    "networks, CVPR 2017 (arXiv 1611.05431).",
  ],
  ["imagenet/resnet", RESIDUAL],
  [
    "imagenet/se-resnet",
    "Hu, Shen and Sun, Squeeze-and-excitation networks, CVPR 2018 (arXiv 1709.01507).",
  ],
  [
    "imagenet/inception-resnet",
    "Szegedy, Ioffe, Vanhoucke and Alemi, Inception-v4, Inception-ResNet and the impact of " +
    "residual connections on learning, AAAI 2017 (arXiv 1602.07261).",
  ],
  [
    "imagenet/vgg",
    "Simonyan and Zisserman, Very deep convolutional networks for large-scale image " +
    "recognition, ICLR 2015 (arXiv 1409.1556).",
  ],
  ["cifar/mobilenet-v2", MOBILE],
  ["imagenet/mobilenet-v2", MOBILE],
  ["cifar/densenet", DENSE],
  ["imagenet/densenet", DENSE],
  [
    "imagenet/convnext",
    "Liu, Mao, Wu, Feichtenhofer, Darrell and Xie, A ConvNet for the 2020s, CVPR 2022 " +
    "(arXiv 2201.03545).",
  ],
  [
    "imagenet/efficientnet",
    "Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks, " +
    "ICML 2019 (arXiv 1905.11946).",
  ],
];

/** The paper of a network of the zoo, by its name; nothing for networks that no paper has. */
export function citationOf(name: string): string | undefined {
  return PAPERS.find(([start]) => name.startsWith(start))?.[1];
}
