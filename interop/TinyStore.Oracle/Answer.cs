using System.Buffers;
using System.Text.Json;

namespace TinyStore.Oracle;

/// <summary>What an op answers: one JSON value (null where it writes none), and wall times where it was asked to repeat.</summary>
internal sealed class Answer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _result;

    public Answer(JsonWriterOptions options)
    {
        _result = new Utf8JsonWriter(_buffer, options);
    }

    /// <summary>Where the op writes its result.</summary>
    public Utf8JsonWriter Result => _result;

    /// <summary>One wall time a run, in milliseconds.</summary>
    public IReadOnlyList<double>? Milliseconds { get; set; }

    public void WriteTo(Utf8JsonWriter writer)
    {
        _result.Flush();
        writer.WriteBoolean("ok", true);
        writer.WritePropertyName("result");
        writer.WriteRawValue(_buffer.WrittenCount == 0 ? "null"u8 : _buffer.WrittenSpan, skipInputValidation: true);
        if (Milliseconds is { } times)
        {
            writer.WriteStartArray("ms");
            foreach (var time in times)
            {
                writer.WriteNumberValue(time);
            }

            writer.WriteEndArray();
        }
    }

    public void Dispose() => _result.Dispose();
}
