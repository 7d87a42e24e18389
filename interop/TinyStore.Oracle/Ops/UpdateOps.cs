using TinyStore.Yjs;

namespace TinyStore.Oracle.Ops;

/// <summary><c>update.*</c>: work on update bytes without a document.</summary>
internal static class UpdateOps
{
    public static void AddTo(Dictionary<string, OracleOp> ops)
    {
        ops.Add("update.merge", Merge);
        ops.Add("update.diff", Diff);
        ops.Add("update.sv", StateVector);
    }

    private static void Merge(World world, Request request, Answer answer)
    {
        RequireV1(request);
        var updates = request.Array("updates").EnumerateArray()
            .Select(update => (ReadOnlyMemory<byte>)Base64.Read(update, "updates"))
            .ToList();
        answer.Result.WriteBase64StringValue(YUpdate.Merge(updates));
    }

    private static void Diff(World world, Request request, Answer answer)
    {
        RequireV1(request);
        answer.Result.WriteBase64StringValue(YUpdate.Diff(request.Bytes("update"), request.Bytes("sv")));
    }

    private static void StateVector(World world, Request request, Answer answer)
    {
        RequireV1(request);
        answer.Result.WriteBase64StringValue(YUpdate.EncodeStateVector(request.Bytes("update")));
    }

    /// <summary>Update format V2 is read and written by the JavaScript oracle only.</summary>
    public static void RequireV1(Request request, string field = "v")
    {
        if (request.Version(field) != 1)
        {
            throw new OracleRequestException("Update format V2 is not supported.");
        }
    }
}
