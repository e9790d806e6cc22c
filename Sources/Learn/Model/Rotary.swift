import CKernels

/// Rotary positions (Su et al. 2021, arXiv:2104.09864): the angle of each pair of a head's elements
/// per position, with the scalings in use.
public struct Rotary: Hashable, Sendable {
    /// How angles are stretched for contexts longer than the model was trained on.
    public enum Scaling: Hashable, Sendable {
        /// Not at all.
        case none
        /// All by one factor.
        case linear(factor: Double)
        /// By wavelength (Llama 3.1).
        case llama3(factor: Double, low: Double, high: Double, original: Double)
        /// By wavelength with a ramp (Peng et al. 2023, arXiv:2309.00071).
        case yarn(factor: Double, fast: Double, slow: Double, original: Double, truncates: Bool)
    }

    /// Radians per position of each pair, rounded to f32 as the reference does.
    public let frequencies: [Float]
    /// Factor of sines and cosines.
    public let magnitude: Float

    /// Frequencies of a head of `width` elements.
    ///
    /// - Parameter magnitude: of YaRN, if the configuration gives it.
    public init(width: Int, theta: Double, scaling: Scaling, magnitude: Double? = nil) {
        let plain = (0..<width / 2).map { index in
            plasmid_exp64(-Double(2 * index) / Double(width) * plasmid_log64(theta))
        }
        switch scaling {
        case .none: frequencies = plain.map { Float($0) }
        case .linear(let factor): frequencies = plain.map { Float($0 / factor) }
        case .llama3(let factor, let low, let high, let original):
            frequencies = plain.map { frequency in
                Float(
                    Self.banded(
                        frequency, factor: factor, low: low, high: high, original: original))
            }
        case .yarn(let factor, let fast, let slow, let original, let truncates):
            let ramp = Self.ramp(
                width: width, theta: theta, fast: fast, slow: slow, original: original,
                truncates: truncates)
            frequencies = plain.enumerated().map { index, frequency in
                Float(frequency / factor * ramp[index] + frequency * (1 - ramp[index]))
            }
        }
        self.magnitude = Float(magnitude ?? Self.magnitude(of: scaling))
    }

    /// YaRN's factor of the angles' sines and cosines: 0.1 ln(factor) + 1.
    private static func magnitude(of scaling: Scaling) -> Double {
        guard case .yarn(let factor, _, _, _, _) = scaling else { return 1 }
        return yarnMagnitude(factor: factor, scale: 1)
    }

    /// 0.1 · scale · ln(factor) + 1, or 1 where nothing is stretched.
    static func yarnMagnitude(factor: Double, scale: Double) -> Double {
        factor <= 1 ? 1 : 0.1 * scale * plasmid_log64(factor) + 1
    }

    private static func banded(
        _ frequency: Double, factor: Double, low: Double, high: Double, original: Double
    ) -> Double {
        let wavelength = 2 * Double.pi / frequency
        if wavelength < original / high { return frequency }
        if wavelength > original / low { return frequency / factor }
        let smooth = (original / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
    }

    /// How far each pair is stretched: 0 not at all, 1 by the whole factor.
    private static func ramp(
        width: Int, theta: Double, fast: Double, slow: Double, original: Double, truncates: Bool
    ) -> [Double] {
        func pair(turns: Double) -> Double {
            Double(width) * plasmid_log64(original / (turns * 2 * Double.pi))
                / (2 * plasmid_log64(theta))
        }
        var first = pair(turns: fast)
        var last = pair(turns: slow)
        if truncates {
            first = first.rounded(.down)
            last = last.rounded(.up)
        }
        first = max(first, 0)
        last = min(last, Double(width - 1))
        if first == last { last += 0.001 }
        return (0..<width / 2).map { min(max((Double($0) - first) / (last - first), 0), 1) }
    }

    /// Cosines and sines of one position, `frequencies.count` each: the angle is the f32 product of
    /// position and frequency, the functions are f64, the result is rounded once and multiplied by
    /// `magnitude`.
    func angles(at position: Int, _ store: (_ pair: Int, _ cosine: Float, _ sine: Float) -> Void) {
        for (pair, frequency) in frequencies.enumerated() {
            let angle = Float(position) * frequency
            var sine = 0.0
            var cosine = 0.0
            plasmid_sincos(Double(angle), &sine, &cosine)
            store(pair, Float(cosine) * magnitude, Float(sine) * magnitude)
        }
    }
}
