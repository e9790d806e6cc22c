import CKernels

/// Weight and bias of a norm.
struct NormWeights {
    let weight: Stored
    let bias: Stored?

    /// One normalised row.
    func apply(
        _ a: Architecture, from source: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>
    ) {
        switch a.norm {
        case .rootMeanSquare(let offset):
            plasmid_rms_norm(
                source, a.width, weight.data, weight.element.code, offset, a.epsilon, out)
        case .layer:
            plasmid_layer_norm(
                source, a.width, weight.data, weight.element.code, bias?.data,
                bias?.element.code ?? 0, a.epsilon, out)
        }
    }

    /// Adds to `out` the gradient of a row `x`, given that of the normalised row, which is used up.
    /// `scratch` has room for one row.
    func applyBackward(
        _ a: Architecture, x: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>
    ) {
        switch a.norm {
        case .rootMeanSquare(let offset):
            plasmid_rms_norm_backward(
                x, gradient, a.width, weight.data, weight.element.code, offset, a.epsilon, out)
        case .layer:
            plasmid_layer_norm_backward(
                x, gradient, a.width, weight.data, weight.element.code, a.epsilon, scratch, out)
        }
    }
}
