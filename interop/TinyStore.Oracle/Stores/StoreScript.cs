using System.Buffers;
using System.Text.Json;

namespace TinyStore.Oracle.Stores;

/// <summary>Runs the steps of <c>store.script</c> and writes the transcript: what listeners heard and what calls returned, in order.</summary>
internal sealed class StoreScript
{
    private readonly Utf8JsonWriter _transcript;
    private readonly Dictionary<string, StoreListener> _listeners = new(StringComparer.Ordinal);
    private readonly Stack<StoreTransactionScope> _transactions = [];
    private Store _store = new();
    private bool _isCalling;

    public StoreScript(Utf8JsonWriter transcript)
    {
        _transcript = transcript;
    }

    /// <summary>Runs a step; a listener that throws is written down.</summary>
    public void RunFirst(JsonElement step)
    {
        try
        {
            Run(step);
        }
        catch (ThrownException)
        {
            _isCalling = false;
            _transcript.WriteStartObject();
            _transcript.WriteBoolean("threw", true);
            _transcript.WriteEndObject();
        }
    }

    private void Run(JsonElement step)
    {
        if (step.ValueKind != JsonValueKind.Object || !step.TryGetProperty("op", out var op) || op.ValueKind != JsonValueKind.String)
        {
            throw new OracleRequestException("A step must be an object with an op.");
        }

        var arguments = new StoreArguments(step.TryGetProperty("args", out var args) ? args.EnumerateArray() : []);
        switch (op.GetString())
        {
            case "createStore":
                _store = new Store();
                _listeners.Clear();
                _transactions.Clear();
                break;
            case "begin" or "startTransaction":
                _transactions.Push(_store.BeginTransaction());
                break;
            case "end" or "finishTransaction":
                var rollback = step.TryGetProperty("rollback", out var value) && value.ValueKind == JsonValueKind.True;
                if (_transactions.TryPop(out var transaction))
                {
                    transaction.Commit(_ => rollback);
                }

                break;
            case "throw":
                throw new ThrownException();
            case "listen":
                Listen(step, arguments);
                break;
            case "delListener":
                Listener(arguments).Dispose();
                break;
            case "callListener":
                _isCalling = true;
                Listener(arguments).Invoke();
                _isCalling = false;
                break;
            case "getTransactionChanges":
                Return(writer => TransactionJson.WriteChanges(writer, _store.GetTransactionChanges()));
                break;
            case "getTransactionLog":
                Return(writer => TransactionJson.WriteLog(writer, _store.GetTransactionLog()));
                break;
            default:
                Call(op.GetString()!, arguments);
                break;
        }
    }

    private void Listen(JsonElement step, StoreArguments arguments)
    {
        var id = step.GetProperty("id").GetString()!;
        var mutator = step.TryGetProperty("mutator", out var value) && value.ValueKind == JsonValueKind.True;
        _listeners[id] = StoreListeners.Add(_store, step.GetProperty("kind").GetString()!, arguments, mutator, (write, unlessCalled) =>
        {
            _transcript.WriteStartObject();
            _transcript.WriteString("ev", id);
            _transcript.WriteStartArray("a");
            write(_transcript);
            if (!_isCalling)
            {
                unlessCalled?.Invoke(_transcript);
            }

            _transcript.WriteEndArray();
            _transcript.WriteEndObject();
            if (step.TryGetProperty("steps", out var steps))
            {
                var wasCalling = _isCalling;
                _isCalling = false;
                foreach (var next in steps.EnumerateArray())
                {
                    Run(next);
                }

                _isCalling = wasCalling;
            }
        });
    }

    private StoreListener Listener(StoreArguments arguments) =>
        _listeners.TryGetValue(arguments.Id(0), out var listener)
            ? listener
            : throw new OracleRequestException($"There is no listener \"{arguments.Id(0)}\".");

    private void Call(string name, StoreArguments arguments)
    {
        // Listeners may write to the transcript before the call returns.
        var buffer = new ArrayBufferWriter<byte>();
        using var value = new Utf8JsonWriter(buffer, _transcript.Options);
        if (StoreMethods.Call(_store, name, arguments, value))
        {
            value.Flush();
            Return(writer => writer.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true));
        }
    }

    private sealed class ThrownException : Exception;

    private void Return(Action<Utf8JsonWriter> write)
    {
        _transcript.WriteStartObject();
        _transcript.WritePropertyName("ret");
        write(_transcript);
        _transcript.WriteEndObject();
    }
}
