"""Services whose keys have no shape that they tell: a long random value behind the service's name."""

from __future__ import annotations

import operator
import re

from vetline_analyzers.core.finding import Confidence
from vetline_analyzers.secret.format import Format, fill, is_value

# Names that mean nothing else. What is assigned to one of them, and is random, is a key or will serve as one.
_LISTED = (
    "abyssale accuranker acuityscheduling adyen aeroworkflow aftership ahrefs aircall airvisual alconost"
    " alegra aletheia allsports amadeus ambee animaapp anypoint apacta apideck apifonica apimatic"
    " apitemplate appcues appfollow appointedd appoptics appsflyer apptivo artsy asknicely atera audd"
    " autoklose automile avaza axonaut ayrshare backblaze bamboohr bannerbear baremetrics beebole beehiiv"
    " besnappy besttime billomat binaryedge bitbar bitcoinaverage bitgo blackbaud blazemeter blitapp"
    " blockchair blockcypher blocknative bombbomb boostnote borgbase brandfetch browserless browshot"
    " buddyns budibase bugherd bulksms buttercms calendarific calorieninja calorieninjas campaignmonitor"
    " campayn capsulecrm captaindata carboninterface caspio chartmogul chatfuel checkmarx checkvist"
    " clevertap clickhelp cliengo clientary clinchpad clockworksms closecrm cloudconvert cloudimage"
    " cloudmersive cloudways cloverly clustdoc codemagic codequiry coinapi coingecko coinlayer coinlib"
    " coinmetrics commercejs companycam companyhub contentstack conversiontools convier coppercrm copperhq"
    " countrylayer covalenthq craftmypdf cronitor crossbrowsertesting cryptopanic currencyfreaks"
    " currencyscoop customerguru d7network dareboost databox datafire dataforseo delighted detectify"
    " diggernaut dnscheck docparser docspring documo docuseal dotdigital dovico dronahq dynadot dynalist"
    " dyspatch easyinsight easypost ecostruxure elasticemail emailable emailoctopus enablex endorlabs"
    " ethplorer everhour exchangeratesapi extractorapi faceplusplus fastforex feedier fetchrss fibery"
    " filestack finage financialmodelingprep finnworlds flexport flightapi flightaware flightlabs"
    " flightstats flowdock flowflu formbucket formcraft formsite formspree fossa foxit freshworks"
    " fullstory fusebill geckoboard gengo geoapify geocodify geocodio getgeoapi getgist getsandbox"
    " glassnode gocanvas goldsky goodreads gorgias graphcms graphhopper groovehq gtmetrix guesty gumroad"
    " gyazo happyscribe helcim hellosign helpcrunch hibob hiveage holidayapi hootsuite hostinger html2pdf"
    " hybiscus hypertrack iconfinder ifttt imagekit imagga infinityfree insightly instamojo instatus"
    " intrinio invoiceocean ip2location ipapi ipify ipquality ipqualityscore ipregistry jumpseller kaleyra"
    " kanbantool karmacrm keenio keygen kickbox klipfolio knapsackpro kontent kustomer languagelayer"
    " leadfeeder leanplum lemlist lemonsqueezy lendflow lessannoyingcrm lexigram linemessaging linenotify"
    " liveagent livestorm loadmill loginradius loyverse lunchmoney luno madkudu magicbell mailchannels"
    " mailmodo mailsac mapillary maptiler mavenlink maxmind meistertask memberstack mesibo messari metaapi"
    " metabase metrilo mindmeister mindsdb mixcloud mixmax mockaroo moonclerk mrticktock myfitnesspal"
    " myintervals namecheap namesilo nethunt nftport nicereply nightfall noticeable nowpayments nozbe"
    " nylas oanda omnisend onepagecrm onfleet onwater oopspam openexchangerates opengraphr"
    " openrouteservice opensea openuv optimizely outscraper overloop owlbot pandadoc pandascore paperform"
    " parallaldots paralleldots parsehub parseur partnerstack passbase paydirt paymo paymongo payscale"
    " pdfco pdflayer pdfmonkey pdfshift pepipost photoroom pingone pipedream planetlabs planviewleankit"
    " planyo podio poeditor pollsapi poloniex postageapp postbacks postgrid powrbot printful printify"
    " prodpad prospectcrm protocolsio proxycrawl pubrio pulsedive purestake qualaroo qualtrics quickchart"
    " quickmetrics quicknode rakuten ravenhub rawg reachmail rechargepayments repairshopr requestfinance"
    " restpack retailcrm reversecontact ringcentral ringover ritekit rocketreach roninapp runrunit"
    " salesblink salescookie salesflare salesloft salesmate satismeter scaleserp scrapeops scrapeowl"
    " scraperbox scrapestack scrapfly scrapingant screenshotapi screenshotlayer scrutinizerci"
    " securityscorecard selectpdf sendcloud sendgrid sendinblue sendowl sendpulse seranking serphouse"
    " serpstack sherpadesk shipday shipengine shiprocket shipstation shotstack shutterstock sightengine"
    " signalhire signaturit signnow signwell sigopt simfin simplesat simvoly sinch sirv siteleaf skrappio"
    " skybiometry skyscanner smartlook smartystreets smooch smsapi smsglobal snipcart snovio solve360"
    " speechmatics speechtext sportmonks sportsdata sslmate statuscake stitchdata stockdata stormboard"
    " storychief streamelements streamlabs sugester sumsub supermetrics supernotes surveyanyplace"
    " surveybot surveysparrow survicate swiftype tallyfy tatum taxjar teamgate teamworkcrm"
    " technicalanalysis telesign telnyx tenorgif testingbot textlocal textmagic theoddsapi thinkific"
    " tickettailor tiingo timecamp timezoneapi timezonedb tmetric tomorrowio tradier travelpayouts"
    " tronscan twelvedata tyntec typetalk ubersuggest ubidots uclassify unifyid unplugg upcdatabase uplead"
    " uproc userflow userstack valueserp vatlayer vbout verifalia veriphone versioneye viewneo vindi"
    " visualcrossing voiceflow voicegain vouchery vpnapi walkscore web3storage webscraper webshare"
    " whoisxmlapi whoxy wordnik worksnaps workstack worldcoinindex worldtides worldweatheronline wrike"
    " youneedabudget yousign zamzar zenkit zenscrape zeplin zerossl zipbooks zipcodeapi zipcodebase"
    " zonkafeedback zoominfo zulip"
)
_NAMES = frozenset(_LISTED.split())
_REACH = 48  # a name and what may stand between it and the value
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def _is_near(match: re.Match[str]) -> bool:
    start = match.start("secret")
    before = match.string[max(0, start - _REACH) : start]
    words = " ".join(_WORDS.findall(before)).lower().split()
    pairs = map(operator.add, words, words[1:])  # of a name that is written ScrapFly
    named = not (_NAMES.isdisjoint(words) and _NAMES.isdisjoint(pairs))
    return named and is_value(match["secret"], before.lower())


FORMATS = (
    Format(
        "service-key",
        "web service's key",
        tuple(sorted(_NAMES)),
        (r"(?<=[\s\"'`=:])(?P<secret>[A-Za-z0-9]{20,128}|[A-Za-z0-9_-]{32,128})(?![+/=]|\.\w)",),
        fill(36),
        example='abyssale = "{}"',
        confidence=Confidence.MEDIUM,
        fits=_is_near,
    ),
)
