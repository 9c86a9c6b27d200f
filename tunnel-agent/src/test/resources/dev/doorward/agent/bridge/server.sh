# An MCP server for tests, over standard input and output. Its methods do what tests need.
# $1: legacy, modern or rude (ends when the first message is not initialize); $2: a file that counts its starts
echo started >> "${2:-/dev/null}"
first=yes
say() { printf '%s\n' "$1"; }
while IFS= read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9][0-9]*\).*/\1/p')
  token=$(printf '%s' "$line" | sed -n 's/.*"progressToken":\([0-9][0-9]*\).*/\1/p')
  case $line in
    *'"method":"initialize"'*)
      if [ "$1" = modern ]; then
        say '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32022,"message":"2026-07-28 only"}}'
      else
        say '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"logging":{}},"serverInfo":{"name":"sh","version":"1"},"instructions":"be kind"}}'
      fi ;;
    *'"method":"server/discover"'*)
      if [ "$1" = rude ] && [ $first = yes ]; then exit 1; fi
      if [ "$1" = modern ]; then
        say '{"jsonrpc":"2.0","id":'"$id"',"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{}}}'
      else
        say '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no such method"}}'
      fi ;;
    *'"method":"echo"'*) say '{"jsonrpc":"2.0","id":'"$id"',"result":{"got":'"$line"'}}' ;;
    *'"method":"tools/list"'*) say '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[]}}' ;;
    *'"method":"pid"'*) say '{"jsonrpc":"2.0","id":'"$id"',"result":{"pid":'"$$"'}}' ;;
    *'"method":"env"'*) say '{"jsonrpc":"2.0","id":'"$id"',"result":{"env":"'"$(env | sort | tr '\n"\\' ';__')"'"}}' ;;
    *'"method":"progress"'*)
      say '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":'"${token:-0}"',"progress":1}}'
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{"done":true}}' ;;
    *'"method":"ask"'*)
      say '{"jsonrpc":"2.0","id":"q-1","method":"elicitation/create","params":{"message":"sure?"}}'
      IFS= read -r said
      case $said in *'"id":"q-1"'*) ;; *) IFS= read -r said ;; esac
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{"said":'"$said"'}}' ;;
    *'"method":"notice"'*)
      say '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"secret of one"}}'
      say '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
      say '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"file:///a"}}'
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{}}' ;;
    *'"method":"junk"'*)
      say 'this is no JSON'
      say '{"jsonrpc":"2.0","id":999999,"result":{"whose":"nobody"}}'
      echo 'on standard error' >&2
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{}}' ;;
    *'"method":"spawn"'*)
      sleep 1000 & one=$!
      setsid sleep 1000 & two=$!
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{"pids":['"$$,$one,$two"']}}' ;;
    *'"method":"long"'*)
      head -c 200000 /dev/zero | tr '\0' 'x'
      say '' ;;
    *'"method":"eat"'*)
      say '{"jsonrpc":"2.0","id":'"$id"',"result":{}}'
      block=$(head -c 30000000 /dev/zero | tr '\0' 'x') ;;
    *'"method":"die"'*) exit 3 ;;
    *'"method":"hang"'*) ;;
    *'"method":"notifications/cancelled"'*) echo "cancelled $line" >> "${2:-/dev/null}" ;;
    *'"method":"notifications/'*) ;;
    *'"id":'*) say '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no such method"}}' ;;
  esac
  first=no
done
