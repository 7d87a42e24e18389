using System.Text.Json;
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
        ops.Add("update.convert", Convert);
    }

    private static void Merge(World world, Request request, Answer answer)
    {
        var version = request.Version();
        var updates = request.Array("updates").EnumerateArray()
            .Select(update => (ReadOnlyMemory<byte>)Base64.Read(update, "updates"))
            .ToList();
        answer.Result.WriteBase64StringValue(version == 2 ? YUpdateV2.Merge(updates) : YUpdate.Merge(updates));
    }

    private static void Diff(World world, Request request, Answer answer)
    {
        var version = request.Version();
        var (update, stateVector) = (request.Bytes("update"), request.Bytes("sv"));
        answer.Result.WriteBase64StringValue(version == 2 ? YUpdateV2.Diff(update, stateVector) : YUpdate.Diff(update, stateVector));
    }

    private static void StateVector(World world, Request request, Answer answer)
    {
        var version = request.Version();
        var update = request.Bytes("update");
        answer.Result.WriteBase64StringValue(version == 2 ? YUpdateV2.EncodeStateVector(update) : YUpdate.EncodeStateVector(update));
    }

    private static void Convert(World world, Request request, Answer answer)
    {
        var (from, to) = (request.Version("from"), request.Version("to"));
        var update = request.Bytes("update");
        answer.Result.WriteBase64StringValue((from, to) switch
        {
            (1, 2) => YUpdate.ConvertV1ToV2(update),
            (2, 1) => YUpdate.ConvertV2ToV1(update),
            _ => Checked(update, from),
        });
    }

    private static byte[] Checked(byte[] update, int version)
    {
        if (version == 2)
        {
            YUpdateV2.Validate(update);
        }
        else
        {
            YUpdate.Validate(update);
        }

        return update;
    }
}
